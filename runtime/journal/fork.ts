import { MisuseError } from '../base/errors.ts';
import { forkBeyondWork, forkKeyUnknown, forkOfAccepted, forkOfShared } from '../base/messages/runs.ts';
import { nearest } from '../base/nearest.ts';
import { acceptedOrder } from './accepted.ts';
import type { JournalEvent, RunStarted } from './events.ts';
import { shownKeys, workAfterFailure } from './rewind.ts';

export interface ForkOptions {
  /** The key of a step, a wait or another request: what is recorded before its first event is kept. */
  readonly from: string;
  /** The id of the new run; default: a random one. */
  readonly id?: string;
  /**
   * Although the run did things after a failure beyond that place, such as a cleanup: they are done, and the new run knows nothing
   * of them. Default: false.
   */
  readonly forget?: boolean;
  /** Who does it, such as the name of a user: for `runtime.audit(id)`. */
  readonly by?: string;
}

/**
 * The events with which a run begins that goes on from a step of another one.
 *
 * @param id of the other run
 * @param seed of what is random from there on
 * @param now ms since the epoch
 * @throws MisuseError if there is no such key, or the other run has something that can't be shared or must not be forgotten
 */
export function forkOf(
  id: string,
  events: readonly JournalEvent[],
  { from, forget = false, by }: ForkOptions,
  seed: string,
  now: number,
): readonly [RunStarted, ...JournalEvent[]] {
  const accepted = events.findLastIndex(({ type }) => type === 'accepted');
  const at = events.findIndex((event, place) => place > accepted && 'key' in event && event.key === from);
  if (at === -1) {
    const keyed = events.slice(accepted + 1).filter(hasKey);
    const near = nearest(
      from,
      keyed.map(({ key }) => key),
    );
    throw new MisuseError(forkKeyUnknown(id, from, near, ...shownKeys(keyed)));
  }
  // What the accepted order has not recorded again before that place, the new run would be given instead of calling it.
  const order = acceptedOrder(events.slice(0, at));
  if (order !== undefined)
    throw new MisuseError(forkOfAccepted(id, from, ...shownKeys(order.left.map((key) => ({ key })))));
  const done = forget ? [] : workAfterFailure(events, at);
  if (done.length > 0) throw new MisuseError(forkBeyondWork(id, from, ...shownKeys(done)));
  const kept = events.slice(1, at);
  const shared = openIn(kept);
  if (shared.length > 0) throw new MisuseError(forkOfShared(id, from, ...shownKeys(shared)));
  const { trace: _, by: __, deadline, forks = [], ...started } = events[0] as RunStarted;
  return [
    {
      ...started,
      ...(by !== undefined && { by }),
      // As much time as the other one had.
      ...(deadline !== undefined && { deadline: now + deadline - started.at }),
      forks: [...forks.filter((fork) => fork.at < at), { of: id, at, seed }],
    },
    ...kept,
  ];
}

/** The first event of a run with the input of another one, and as much time. Its code is that of the worker which takes it up. */
export function again(
  events: readonly JournalEvent[],
  seed: string,
  now: number,
  by: string | undefined,
): readonly [RunStarted] {
  const { trace: _, forks: __, code: ___, by: ____, deadline, at, ...started } = events[0] as RunStarted;
  return [
    {
      ...started,
      seed,
      at: now,
      ...(by !== undefined && { by }),
      ...(deadline !== undefined && { deadline: now + deadline - at }),
    },
  ];
}

/** Callbacks that nobody has answered, and other runs that had not ended: only one run can receive their outcome. */
function openIn(events: readonly JournalEvent[]): readonly { readonly key: string }[] {
  const ended = new Set(
    events.flatMap((event) => (event.type === 'received' || event.type === 'expired' ? [event.key] : [])),
  );
  return events.flatMap((event) => {
    const opens = event.type === 'callback-created' || (event.type === 'child-started' && event.ok);
    return opens && !ended.has(`${event.key}:result`) ? [event] : [];
  });
}

const hasKey = (event: JournalEvent): event is Extract<JournalEvent, { key: string }> => 'key' in event;
