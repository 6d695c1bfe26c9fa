import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { StoreError } from '../base/errors.ts';
import { fileIsNoDatabase, storeFailed, storeMissing, storeNotOpened } from '../base/messages/stores.ts';
import { preparing, type Statement } from './numbered-parameters.ts';
import { inspect, requireReadable } from './schema.ts';

/** How long a read waits for another process that has the whole file, as a recovery after a crash does; ms. */
const BUSY_TIMEOUT_MS = 5_000;

/** SQLite can't make the files that it keeps beside the database: the folder is read-only. */
const UNOPENED = new Set([8, 14]);

/** The file of a store, opened for reading, also one of an earlier format. Nothing is written to it. */
export class ReadConnection {
  readonly name: string;
  readonly #db: DatabaseSync;
  readonly #prepare: (sql: string) => Statement;
  readonly indexes: ReadonlySet<string>;
  readonly #columns: ReadonlyMap<string, ReadonlySet<string>>;

  /** @throws StoreError if there is no such file, or it is of another program or a newer version */
  constructor(name: string) {
    this.name = name;
    const path = resolve(name);
    if (!existsSync(path)) throw new StoreError(storeMissing(path));
    inspect(path);
    try {
      this.#db = open(path);
      requireReadable(this.#db, path);
      this.#columns = columnsOf(this.#db);
      const indexes = this.#db.prepare("select name from sqlite_master where type = 'index'").all();
      this.indexes = new Set(indexes.map(({ name: index }) => String(index)));
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError(storeNotOpened(path, (cause as Error).message), { cause });
    }
    if (!this.#columns.has('runs')) throw new StoreError(fileIsNoDatabase(path));
    this.#prepare = preparing(this.#db);
  }

  has(table: string, column?: string): boolean {
    const columns = this.#columns.get(table);
    return columns !== undefined && (column === undefined || columns.has(column));
  }

  /** For SQL: a column, or what stands for it in a format that lacks it. */
  column(table: string, column: string, otherwise: string, alias = table): string {
    return this.has(table, column) ? `${alias}.${column}` : `${otherwise} as ${column}`;
  }

  prepare(sql: string): Statement {
    return this.read(() => this.#prepare(sql));
  }

  /** @throws StoreError for every error of SQLite, with `partial` if only some rows are in trouble */
  read<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const { errcode } = cause as { readonly errcode?: number };
      if (errcode === undefined) throw cause;
      const message = storeFailed(this.name, 'read', (cause as Error).message, '');
      throw new StoreError(message, { cause, partial: (errcode & 0xff) === 11 });
    }
  }

  /** Several reads of one state. */
  together<T>(work: () => T): T {
    return this.read(() => {
      this.#db.exec('begin');
      try {
        return work();
      } finally {
        this.#db.exec('rollback');
      }
    });
  }

  /** Idempotent. */
  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

function open(path: string): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const options = { readOnly: true, timeout: BUSY_TIMEOUT_MS };
  const db = new DatabaseSync(path, options);
  try {
    db.prepare('select 1 from sqlite_master limit 1').get();
    return db;
  } catch (error) {
    db.close();
    const { errcode = 0 } = error as { readonly errcode?: number };
    // Nobody has it open, or there would be a -wal file: then it doesn't change.
    const isAtRest = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
    if (!UNOPENED.has(errcode & 0xff) || !isAtRest) throw error;
    return new DatabaseSync(new URL(`${pathToFileURL(path).href}?immutable=1`), options);
  }
}

function columnsOf(db: DatabaseSync): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = db
    .prepare(
      `select m.name as "table", c.name as "column" from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'`,
    )
    .all();
  const found = new Map<string, Set<string>>();
  for (const { table, column } of rows) {
    const columns = found.get(String(table)) ?? new Set<string>();
    found.set(String(table), columns.add(String(column)));
  }
  return found;
}
