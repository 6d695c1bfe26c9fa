import { randomUUID } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';

import { type Connection, type Statements, sparing } from './connection.ts';
import { damagedJournal } from './journal-rows.ts';
import { isRunIntact, type Row } from './row-sums.ts';
import type { Pruned } from './store.ts';

/** The number of runs that are read in one portion. */
const LOOK = 500;

/**
 * Removes runs from a file, at most a given number of rows in one transaction. A run with more rows stops being a run with the
 * first of them: it is marked as pruned and gets another id, and the rest is removed with the next portions, by any process.
 */
export class SqlitePruning {
  readonly #store: string;
  readonly #connection: Connection;
  readonly #sql: Statements;

  constructor(store: string, connection: Connection) {
    this.#store = store;
    this.#connection = connection;
    this.#sql = connection.sql;
  }

  prune(before: number, rows: number): Pruned {
    const runs = this.#connection.read(() => [
      ...this.#sql.halfPruned.all(LOOK),
      ...this.#sql.prunable.all(before, LOOK),
    ]);
    return sparing(
      () => this.#removeAll(runs, before, rows),
      () => this.#removeEach(runs, before, rows),
    );
  }

  #removeAll(runs: readonly Row[], before: number, rows: number): Pruned {
    return this.#connection.write(() => {
      let left = rows;
      let count = 0;
      for (const run of runs) {
        if (left <= 0) break;
        const removed = this.#remove(run, before, left);
        left -= removed.rows;
        count += removed.runs;
      }
      return { runs: count, done: left > 0 && runs.length < LOOK };
    });
  }

  /** Each in a transaction of its own, since a damaged page undoes all that is done in one. */
  #removeEach(runs: readonly Row[], before: number, rows: number): Pruned {
    let left = rows;
    let count = 0;
    let damaged: Error | undefined;
    for (const run of runs) {
      if (left <= 0) break;
      const removed = sparing(
        () => this.#connection.write(() => this.#remove(run, before, left)),
        () => {
          damaged ??= damagedJournal(this.#store, String(run.id), "it can't be removed");
          return { rows: 0, runs: 0 };
        },
      );
      left -= removed.rows;
      count += removed.runs;
    }
    const more = count > 0 && runs.length >= LOOK;
    return { runs: count, done: left > 0 && !more, damaged };
  }

  #remove({ key, status }: Row, before: number, rows: number): { rows: number; runs: number } {
    const begun = status === 'pruned';
    // It may have been resumed, or removed, since it was found.
    if (!begun) {
      const found = this.#sql.stillPrunable.get(key!, before);
      // Changed rows are kept for an investigation.
      if (found === undefined || !isRunIntact(found)) return { rows: 0, runs: 0 };
    }
    const left = this.#clear(key!, rows);
    if (left > 0) {
      // A process with an earlier format, which had the file open when it was migrated, has ended runs without this.
      this.#sql.deleteCodes.run(key!);
      this.#sql.deleteRun.run(key!);
    } else if (!begun) this.#sql.condemn.run(`pruned:${randomUUID()}`, key!);
    return { rows: rows - left + 1, runs: begun ? 0 : 1 };
  }

  /** Deletes at most `rows` rows of a run. Returns how many more it may delete; 0 if the run may have more rows. */
  #clear(key: SQLOutputValue, rows: number): number {
    const { deleteSomeEvents, deleteSomeMessages, deleteSomeCallbacks, deleteSomeWatchers } = this.#sql;
    let left = rows;
    for (const some of [deleteSomeWatchers, deleteSomeCallbacks, deleteSomeMessages, deleteSomeEvents]) {
      left -= Number(some.run(key, left).changes);
      if (left <= 0) return 0;
    }
    return left;
  }
}
