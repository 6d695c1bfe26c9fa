/** One connection to the file of a store: opening, transactions, and errors in words. */

import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { DurableError, StoreError } from '../base/errors.ts';
import { storeFailed, storeFileGone } from '../base/messages/stores.ts';
import { FileWatch } from './file-watch.ts';
import { preparing, type Statement } from './numbered-parameters.ts';
import { nextRowSum } from './row-sums.ts';
import { inspect, prepare } from './schema.ts';
import { SQL } from './statements.ts';
import { closed } from './store-errors.ts';

/** How long a write waits for another process's transaction, which takes a few ms at most. */
const BUSY_TIMEOUT_MS = 5_000;
/** How often it looks meanwhile, in ms. */
const LOOK_MS = 2;

/** Prepared once; keyed as in `SQL`. */
export type Statements = Readonly<Record<keyof typeof SQL, Statement>>;

export class Connection {
  readonly sql: Statements;
  readonly #name: string;
  readonly #db: DatabaseSync;
  /** Only while the file is open. */
  #watch: FileWatch | undefined;
  #inside = false;
  #closed = false;

  /** @throws StoreError if the path holds something else, or a file of a newer version */
  constructor(name: string) {
    this.#name = name;
    const path = resolve(name);
    inspect(path);
    this.#db = this.guard('opened', () => {
      // Loaded here, so that a program with another store never loads it.
      const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
      return new DatabaseSync(path);
    });
    try {
      this.sql = this.guard('opened', () => {
        patiently(() => prepare(this.#db, path));
        this.#db.function('next_row_sum', { deterministic: true }, nextRowSum);
        const prepareStatement = preparing(this.#db);
        const statements = Object.entries(SQL).map(([key, sql]) => [key, prepareStatement(sql)]);
        return Object.fromEntries(statements) as Statements;
      });
      this.#watch = new FileWatch(path);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** A transaction that writes, from its beginning, or a part of the one that is under way. */
  write<T>(work: () => T): T {
    if (this.#inside) return work();
    // Only the beginning is repeated: after it no other connection writes.
    const begin = (): unknown => patiently(() => this.sql.begin.run());
    return this.#tell('written', () => this.#transaction(begin, work));
  }

  /** Several reads of one state. */
  read<T>(work: () => T): T {
    return this.#read('read', work);
  }

  /** Like `read`, for something with a name that errors mention. */
  readOf<T>(what: string, work: () => T): T {
    return this.#read(`read for ${what}`, work);
  }

  #read<T>(action: string, work: () => T): T {
    if (this.#inside) return work();
    return this.guard(action, () => this.#transaction(() => this.sql.beginRead.run(), work));
  }

  /**
   * Single statements.
   *
   * @param action what can't be done with the store if they fail
   * @throws StoreError for every error of SQLite, RuntimeClosedError if the store is closed
   */
  guard<T>(action: string, work: () => T): T {
    return this.#tell(action, this.#inside ? work : () => patiently(work));
  }

  #tell<T>(action: string, work: () => T): T {
    if (this.#closed) throw closed(this.#name);
    try {
      if (!this.#inside) this.#assertThere(action);
      return work();
    } catch (cause) {
      if (cause instanceof DurableError) throw cause;
      const { message, errcode } = cause as Error & { errcode?: number };
      throw new StoreError(storeFailed(this.#name, action, message, advise(errcode)), {
        cause,
        partial: isPartial(errcode),
        ...tooLarge(errcode, cause),
      });
    }
  }

  close(): void {
    if (this.#closed) return;
    try {
      // A file that is gone can be closed all the same: SQLite leaves alone what took its place.
      this.#watch = undefined;
      this.guard('closed', () => this.#db.close());
    } finally {
      this.#closed = true;
    }
  }

  #assertThere(action: string): void {
    const trouble = this.#watch?.trouble();
    if (trouble === undefined) return;
    throw new StoreError(storeFileGone(this.#name, action, trouble));
  }

  #transaction<T>(begin: () => unknown, work: () => T): T {
    begin();
    this.#inside = true;
    try {
      const result = work();
      this.sql.commit.run();
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    } finally {
      this.#inside = false;
    }
  }

  #rollback(): void {
    try {
      this.sql.rollback.run();
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full; there is no transaction any more.
    }
  }
}

/**
 * Repeats work that finds the file locked and has changed nothing. SQLite's own busy handler checks every 100 ms, so it rarely
 * finds the lock free while another process writes all the time. While another process opens or closes the file, the handler
 * isn't called at all.
 */
function patiently<T>(work: () => T): T {
  let end: number | undefined;
  for (;;) {
    try {
      return work();
    } catch (error) {
      const busy = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
      if (busy !== SQLITE_BUSY) throw error;
      const now = performance.now();
      end ??= now + BUSY_TIMEOUT_MS;
      if (now > end) throw error;
      Atomics.wait(PAUSE, 0, 0, LOOK_MS);
    }
  }
}

/** Nobody wakes it. */
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

const SQLITE_BUSY = 5;
const SQLITE_NOMEM = 7;
const SQLITE_CORRUPT = 11;
const SQLITE_TOOBIG = 18;

/**
 * What is damaged in the journal of one run is not to keep others from being claimed, listed, released. Each is a
 * transaction of its own: SQLite lets nothing more be done in one that met a damaged page.
 */
export function sparing<T>(exactly: () => T, blindly: () => T): T {
  try {
    return exactly();
  } catch (error) {
    const { errcode = 0 } = ((error as Error).cause ?? {}) as { errcode?: number };
    if ((errcode & 0xff) !== SQLITE_CORRUPT) throw error;
    return blindly();
  }
}

/**
 * Whether only some rows are in trouble: a page is torn, a value is too large, a constraint doesn't hold. What didn't come
 * from SQLite, such as a text that is too long for one, is about a value as well.
 */
const isPartial = (errcode: number | undefined): boolean =>
  errcode === undefined || [1, SQLITE_NOMEM, SQLITE_CORRUPT, SQLITE_TOOBIG, 19, 20].includes(errcode & 0xff);

/** Whatever the store says of its limits, SQLite may have been built with lower ones, and memory may be short. */
function tooLarge(errcode: number | undefined, cause: unknown): { tooLargeFrom?: number } {
  if (errcode === undefined) {
    const { code } = cause as NodeJS.ErrnoException;
    // A text is too long for one string: V8's own error, or Node's.
    return cause instanceof RangeError || code === 'ERR_STRING_TOO_LONG' ? { tooLargeFrom: 1_000 } : {};
  }
  if ((errcode & 0xff) === SQLITE_TOOBIG) return { tooLargeFrom: 1_000 };
  // Any row may be the reason, but most likely a large one.
  return (errcode & 0xff) === SQLITE_NOMEM ? { tooLargeFrom: 10_000_000 } : {};
}

/** Advice for SQLite's primary result codes. The bits above the lowest eight are details. */
function advise(errcode = 0): string {
  switch (errcode & 0xff) {
    case SQLITE_BUSY:
      return ` Another process held a transaction on it for more than ${BUSY_TIMEOUT_MS / 1000} s.`;
    case 8:
      return ' Make the file and its folder writable.';
    case SQLITE_CORRUPT:
    case 26:
      return ' Restore the file from a backup.';
    case 13:
      return ' Make room on the disk; nothing that was written before is lost.';
    default:
      return '';
  }
}
