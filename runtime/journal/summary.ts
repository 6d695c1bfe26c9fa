import { StoreError } from '../base/errors.ts';
import { journalWithoutStart } from '../base/messages/stores.ts';
import type { JournalEvent, RunStarted } from './events.ts';

/** What a journal says of the run as a whole. */
export interface Summary {
  readonly started: RunStarted;
  /** Time of the last event, ms since the epoch. */
  readonly lastAt: number;
  /** Lines of output that an earlier process printed. */
  readonly printed: number;
  /** The largest number of a message that it has taken; 0 for none. */
  readonly lastMessage: number;
  /** The code that was last recorded, by the ids of functions. */
  readonly code: ReadonlyMap<string, string>;
  /** The branches that the run has taken since the code has them; undefined where there is none. */
  readonly since: ReadonlySet<string> | undefined;
  /** The place of the last event by which another order was accepted; 0 where there is none. */
  readonly acceptedAt: number;
}

/** @throws StoreError if it doesn't begin as a journal does */
export function summarize(events: readonly JournalEvent[]): Summary {
  const [started] = events;
  if (started?.type !== 'run-started') {
    throw new StoreError(journalWithoutStart());
  }
  let printed = 0;
  let lastMessage = 0;
  let since: Set<string> | undefined;
  let acceptedAt = 0;
  for (let place = 0; place < events.length; place++) {
    const event = events[place]!;
    if (event.type === 'accepted') acceptedAt = place;
    if (event.output !== undefined) printed = event.output;
    if (event.type === 'since') since = (since ?? new Set()).add(event.name);
    if ('message' in event) lastMessage = Math.max(lastMessage, event.message ?? 0);
  }
  return {
    started,
    lastAt: events.at(-1)!.at,
    printed,
    lastMessage,
    code: codeOf(events),
    since,
    acceptedAt,
  };
}

/** The versions of code that were recorded last, by the ids of functions. */
export function codeOf(events: readonly JournalEvent[]): ReadonlyMap<string, string> {
  const code = new Map<string, string>();
  for (const event of events) {
    if (event.code === undefined) continue;
    for (const [fn, version] of Object.entries(event.code)) code.set(fn, version);
  }
  return code;
}

/** What was recorded last that has a key. */
export function lastKeyOf(events: readonly JournalEvent[]): string | undefined {
  const last = events.findLast((event) => 'key' in event);
  return last !== undefined && 'key' in last ? last.key : undefined;
}
