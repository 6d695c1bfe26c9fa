import type { JournalEvent } from '../journal/events.ts';
import { ReadConnection } from './reading.ts';
import { parseEvent } from './statements.ts';

/** A run that may be resumed. */
export interface UnfinishedRun {
  readonly key: number;
  readonly id: string;
  readonly fn: string;
}

/** So many runs are fetched at once. */
const PAGE = 1_000;

/**
 * Reads the unfinished runs in the file of a store without writing anything to it, also while workers use it. Each answer is the
 * state of one moment; between two of them workers may go on.
 */
export class StoreReader {
  readonly #connection: ReadConnection;

  /** @throws StoreError if there is no such file, or it is of another program or a newer version */
  constructor(name: string) {
    this.#connection = new ReadConnection(name);
  }

  /** In the order in which they were started. */
  *unfinished(): Generator<UnfinishedRun> {
    const page = this.#connection.prepare(
      `select key, id, fn from runs where status in ('running', 'blocked') and key > ? order by key limit ${PAGE}`,
    );
    for (let last = 0; ; ) {
      const rows = page.all(last) as unknown as readonly UnfinishedRun[];
      yield* rows;
      if (rows.length < PAGE) return;
      last = rows.at(-1)!.key;
    }
  }

  /** Undefined if it can't be read. */
  journal({ key }: UnfinishedRun): readonly JournalEvent[] | undefined {
    const rows = this.#connection.prepare('select data from events where run = ? order by seq').all(key);
    const events = rows.map(({ data }) => parseEvent(data));
    const [first] = events;
    if (first?.type !== 'run-started' || events.includes(undefined)) return undefined;
    return events as readonly JournalEvent[];
  }

  setting(key: string): string | undefined {
    // The format of 0.1.0 has none.
    if (!this.#connection.has('settings')) return undefined;
    const row = this.#connection.prepare('select value from settings where key = ?').get(key);
    return row === undefined ? undefined : String(row.value);
  }

  close(): void {
    this.#connection.close();
  }
}
