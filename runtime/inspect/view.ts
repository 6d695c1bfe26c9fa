import { acceptedOrder } from '../journal/accepted.ts';
import type { JournalEvent, RunStarted } from '../journal/events.ts';
import { codeOf } from '../journal/summary.ts';
import type { RecordedRun } from '../local/run/recorded-run.ts';
import type { RunRecord } from '../stores/store.ts';
import { Places } from './places.ts';
import { type RecordedText, recordedText, type TimelineRow } from './rows.ts';
import { timelineOf } from './timeline.ts';

/** A run as people look at it, as plain JSON. All times are ms since the epoch. */
export interface RunView {
  readonly record: RunRecord;
  /** The encoded arguments. */
  readonly input: RecordedText;
  /** How it ended. */
  readonly outcome?: {
    readonly ok: boolean;
    readonly cancelled: boolean;
    readonly at: number;
    readonly value: RecordedText;
  };
  /** The versions of code that it executes, by the ids of functions; empty for a journal of 0.1.0. */
  readonly code: Readonly<Record<string, string>>;
  /** The source file of the function; undefined where it isn't known. */
  readonly file?: string;
  readonly deadline?: number;
  /** The runs whose beginning it has, the first one first. */
  readonly forks: readonly { readonly of: string; readonly at: number }[];
  /** Everything that it waits for fails with this encoded error. */
  readonly cancellation?: { readonly at: number; readonly error: RecordedText };
  /** Another order that a person has accepted, and how many recorded outcomes the code has not asked for again. */
  readonly accepted?: { readonly at: number; readonly version: string; readonly left: number };
  /** Branches that it has taken since the code has them. */
  readonly branches: readonly { readonly at: number; readonly name: string }[];
  /** In the order in which they began. */
  readonly rows: readonly TimelineRow[];
  /** The time in which nothing but waits was under way, ms. */
  readonly idle: number;
  /** How many events the journal has, and how many characters their encoded values. */
  readonly events: number;
  readonly size: number;
}

export interface ViewOptions {
  /** Encoded values with more characters are left out: see `valueIn`. Default: 2,000. */
  readonly largest?: number;
}

const LARGEST = 2_000;

/** What a journal says of a run. */
export function viewOf(run: RecordedRun, { largest = LARGEST }: ViewOptions = {}): RunView {
  const { record, events, manifests } = run;
  const [started] = events as readonly [RunStarted, ...JournalEvent[]];
  const { rows, idle } = timelineOf(events, new Places(record.fn, manifests), largest);
  const file = manifests.get(record.fn)?.file;
  return {
    record,
    input: recordedText(started.input, largest),
    ...outcomeOf(events, largest),
    code: Object.fromEntries(codeOf(events)),
    ...(file !== undefined && { file }),
    ...(started.deadline !== undefined && { deadline: started.deadline }),
    forks: (started.forks ?? []).map(({ of, at }) => ({ of, at })),
    ...marksOf(events, largest),
    rows,
    idle,
    events: events.length,
    size: events.reduce((sum, event) => sum + textOf(event).length, 0),
  };
}

/**
 * The encoded value that an event holds under a key, for a row that left it out: the last outcome, or the error of an attempt.
 * `input` and `outcome` are those of the run.
 */
export function valueIn(
  events: readonly JournalEvent[],
  of: 'input' | 'outcome' | { readonly key: string; readonly attempt?: number },
): string | undefined {
  if (of === 'input') return (events[0] as RunStarted | undefined)?.input;
  if (of === 'outcome') return events.findLast((event) => event.type === 'run-ended')?.value;
  const { key, attempt } = of;
  const found = events.findLast(
    (event) =>
      'key' in event &&
      event.key === key &&
      'value' in event &&
      (attempt === undefined || ('attempt' in event && event.attempt === attempt)),
  );
  return found === undefined ? undefined : textOf(found);
}

const textOf = (event: JournalEvent): string =>
  event.type === 'run-started' ? event.input : 'value' in event ? event.value : '';

function outcomeOf(events: readonly JournalEvent[], largest: number): Pick<RunView, 'outcome'> {
  const last = events.at(-1);
  if (last?.type !== 'run-ended') return {};
  const { ok, at, cancelled = false, value } = last;
  return { outcome: { ok, cancelled, at, value: recordedText(value, largest) } };
}

function marksOf(
  events: readonly JournalEvent[],
  largest: number,
): Pick<RunView, 'cancellation' | 'accepted' | 'branches'> {
  const cancelled = events.find((event) => event.type === 'cancel-requested');
  const accepted = events.findLast((event) => event.type === 'accepted');
  return {
    ...(cancelled && { cancellation: { at: cancelled.at, error: recordedText(cancelled.value, largest) } }),
    ...(accepted && {
      accepted: { at: accepted.at, version: accepted.version, left: acceptedOrder(events)?.left.length ?? 0 },
    }),
    branches: events.flatMap((event) => (event.type === 'since' ? [{ at: event.at, name: event.name }] : [])),
  };
}
