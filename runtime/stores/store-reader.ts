import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../base/errors.ts';
import { fileIsNoDatabase, storeMissing, storeNotOpened } from '../base/messages/stores.ts';
import type { JournalEvent } from '../journal/events.ts';
import { inspect, requireReadable } from './schema.ts';
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
 * Reads the file of a store without writing anything to it, also while workers use it. Each answer is the state of one moment;
 * between two of them workers may go on.
 */
export class StoreReader {
  readonly #db: DatabaseSync;
  readonly #hasSettings: boolean;

  /** @throws StoreError if there is no such file, or it is of another program or a newer version */
  constructor(name: string) {
    const path = resolve(name);
    if (!existsSync(path)) throw new StoreError(storeMissing(path));
    inspect(path);
    try {
      const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
      this.#db = new DatabaseSync(path, { readOnly: true });
      requireReadable(this.#db, path);
      const tables = this.#db.prepare("select name from sqlite_master where type = 'table'").all();
      const names = new Set(tables.map((row) => row.name));
      if (!names.has('runs')) throw new StoreError(fileIsNoDatabase(path));
      // The format of 0.1.0 has none.
      this.#hasSettings = names.has('settings');
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError(storeNotOpened(path, (cause as Error).message), { cause });
    }
  }

  /** In the order in which they were started. */
  *unfinished(): Generator<UnfinishedRun> {
    const page = this.#db.prepare(
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
    const rows = this.#db.prepare('select data from events where run = ? order by seq').all(key);
    const events = rows.map(({ data }) => parseEvent(data));
    const [first] = events;
    if (first?.type !== 'run-started' || events.includes(undefined)) return undefined;
    return events as readonly JournalEvent[];
  }

  setting(key: string): string | undefined {
    if (!this.#hasSettings) return undefined;
    const row = this.#db.prepare('select value from settings where key = ?').get(key);
    return row === undefined ? undefined : String(row.value);
  }

  close(): void {
    this.#db.close();
  }
}
