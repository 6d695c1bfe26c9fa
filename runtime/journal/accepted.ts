import type { JournalEvent } from './events.ts';
import { Stock } from './stock.ts';

/** The order of a run that was accepted last, while not all that was recorded before has been recorded again. */
export interface AcceptedOrder {
  /** The code version that takes the run up. No other one may: what is left has no place in another order. */
  readonly version: string;
  /** The keys of the outcomes that were not recorded again. */
  readonly left: readonly string[];
}

/** Undefined for a journal that is a whole history: nothing was accepted, or nothing is left. */
export function acceptedOrder(events: readonly JournalEvent[]): AcceptedOrder | undefined {
  const mark = events.findLastIndex(({ type }) => type === 'accepted');
  const accepted = events[mark];
  if (accepted?.type !== 'accepted') return undefined;
  const again = new Set(events.slice(mark).flatMap((event) => ('key' in event ? [event.key] : [])));
  const left = new Stock(events, mark).outcomes.filter((key) => !again.has(key));
  return left.length === 0 ? undefined : { version: accepted.version, left };
}
