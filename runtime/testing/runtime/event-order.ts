import type { JournalEvent } from '../../journal/events.ts';
import type { Store } from '../../stores/store.ts';
import type { Change } from './store-log.ts';

interface Recorded {
  readonly id: string;
  readonly runId: string;
  readonly rank: number;
  /** When it came, ms since the epoch. */
  readonly at: number;
}

/** The order in which things were recorded in an execution. */
export class EventOrder {
  readonly #events: readonly Recorded[];

  constructor(log: readonly Change[]) {
    this.#events = log.flatMap((change, rank) => {
      if (change.type !== 'event') return [];
      const id = idOf(change.event);
      return id === undefined ? [] : [{ id, runId: change.runId, rank, at: change.at }];
    });
  }

  /**
   * Whether something is yet to come in an execution that came before this in the first one.
   *
   * @param store in memory; holds the execution
   */
  lags(store: Store, rank: number): boolean {
    return this.#isMissing(store, (event) => event.rank < rank);
  }

  /**
   * Whether something is yet to come in an execution that came before this moment in the first one.
   *
   * @param store in memory; holds the execution
   * @param moment ms since the epoch
   */
  isBehind(store: Store, moment: number): boolean {
    return this.#isMissing(store, (event) => event.at < moment);
  }

  #isMissing(store: Store, isEarlier: (event: Recorded) => boolean): boolean {
    const happened = new Map<string, ReadonlySet<string | undefined>>();
    return this.#events.some((event) => {
      if (!isEarlier(event)) return false;
      const known = happened.get(event.runId) ?? idsIn(store, event.runId);
      happened.set(event.runId, known);
      return !known.has(event.id);
    });
  }
}

function idsIn(store: Store, runId: string): ReadonlySet<string | undefined> {
  const run = store.load(runId);
  return new Set(run === undefined || run instanceof Promise ? [] : run.events.map(idOf));
}

/** The subject of an event; undefined if it has no key. */
function idOf(event: JournalEvent): string | undefined {
  if (!('key' in event)) return undefined;
  return `${event.type}\n${'attempt' in event ? event.attempt : ''}\n${event.key}`;
}
