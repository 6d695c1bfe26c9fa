import { MisuseError } from '../base/errors.ts';
import { resumeOfAccepted, runDidMore, runOutOfTime } from '../base/messages/runs.ts';
import type { JournalEvent } from './events.ts';

export interface ResumeOptions {
  /**
   * Resumes although steps, callbacks or other runs are recorded after the step that is to be called again: they are forgotten,
   * and done again if the code reaches them. Default: false.
   */
  readonly forget?: boolean;
  /**
   * For a blocked run: accepts the order of the code with this version, which the reason of the block names. The run begins at the
   * first line of the code, and what is recorded is used where the code asks for it. Other code isn't accepted by that.
   */
  readonly accept?: string;
  /** Who does it, such as the name of a user: for `runtime.audit(id)`. */
  readonly by?: string;
}

/**
 * How many events of an ended run are kept when it is resumed: all before it was cancelled, or before the last step that
 * failed, so that it is called again; all but the end, where there is neither.
 *
 * @param now ms since the epoch
 * @throws MisuseError if the time of the run is over, or something would be forgotten that may not be
 */
export function rewind(id: string, events: readonly JournalEvent[], now: number, forget: boolean): number {
  const [started] = events;
  const deadline = started?.type === 'run-started' ? started.deadline : undefined;
  if (deadline !== undefined && deadline <= now) {
    throw new MisuseError(runOutOfTime(id, new Date(deadline).toISOString()));
  }
  const kept = beforeFailure(events, ownBeginning(events));
  const failed = events[kept];
  if (failed?.type === 'step' && isOld(events, failed.key))
    throw new MisuseError(resumeOfAccepted(id, failed.key));
  const done = forget ? [] : events.slice(kept + 1).filter(isWork);
  if (done.length === 0) return kept;
  throw new MisuseError(runDidMore(id, ...shownKeys(done)));
}

/** Whether the outcome of a step was recorded before another order was accepted: it is taken from there each time. */
const isOld = (events: readonly JournalEvent[], key: string): boolean => {
  const accepted = events.findLastIndex(({ type }) => type === 'accepted');
  return events.slice(0, Math.max(accepted, 0)).some((event) => event.type === 'step' && event.key === key);
};

/** The keys of events as text, and what says that there are more. */
export function shownKeys(events: readonly { readonly key: string }[]): [shown: string, more: string] {
  const keys = [...new Set(events.map(({ key }) => key))];
  return [
    keys
      .slice(0, 3)
      .map((key) => `"${key}"`)
      .join(', '),
    keys.length > 3 ? ', ...' : '',
  ];
}

/** What a run did after the place at which it failed or was cancelled, where that place is not before `from`. */
export function workAfterFailure(events: readonly JournalEvent[], from: number): readonly Work[] {
  const failed = beforeFailure(events);
  return failed < from ? [] : events.slice(failed + 1).filter(isWork);
}

/** What a run has of another one is kept: its random values up to there are those of the other run, whatever is called again. */
function ownBeginning([started]: readonly JournalEvent[]): number {
  return (started?.type === 'run-started' ? started.forks?.at(-1)?.at : undefined) ?? 0;
}

/** @param beginning failures before this place don't count */
function beforeFailure(events: readonly JournalEvent[], beginning = 0): number {
  // What is recorded before another order was accepted is no history of the run any more.
  const accepted = events.findLastIndex(({ type }) => type === 'accepted');
  const from = Math.max(accepted, beginning - 1);
  const cancelled = events.findIndex(({ type }, place) => type === 'cancel-requested' && place > from);
  if (cancelled !== -1) return cancelled;
  const failed = events.findLastIndex((event) => event.type === 'step' && !event.ok);
  return failed <= from ? events.length - 1 : failed;
}

type Work = Extract<JournalEvent, { type: 'step' | 'callback-created' | 'child-started' }>;

const isWork = (event: JournalEvent): event is Work =>
  event.type === 'step' || event.type === 'callback-created' || event.type === 'child-started';
