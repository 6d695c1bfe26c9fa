import type { SQLOutputValue, StatementSync } from 'node:sqlite';
import { type Connection, type Statements, sparing } from './connection.ts';
import { isGone } from './liveness.ts';
import { ownerFrom, type Row, workerColumns } from './statements.ts';
import type { Claim, Claimant, ClaimWish } from './store.ts';

/** Who works on a file, and who holds which run of it. */
export class SqliteClaims {
  readonly #connection: Connection;
  readonly #sql: Statements;
  /** Workers that this connection has made known. */
  readonly #joined = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#sql = connection.sql;
  }

  /** A transaction; if it is undone, so is what it made known of workers. */
  write<T>(work: () => T): T {
    try {
      return this.#connection.write(work);
    } catch (error) {
      this.#joined.clear();
      throw error;
    }
  }

  /** Makes a worker known, once, so that its runs aren't taken for those of a gone one. A part of a transaction. */
  join(by: Claimant): void {
    if (this.#joined.has(by.worker)) return;
    this.#sql.join.run(...workerColumns(by));
    this.#joined.add(by.worker);
  }

  claim(by: Claimant, wish: ClaimWish): readonly Claim[] {
    const now = Date.now();
    const isOther = (row: Row): boolean => row.worker !== by.worker && isGone(ownerFrom(row), by, now);
    const gone = this.#connection.read(() => this.#sql.workers.all().filter(isOther));
    // Workers look for runs again and again and mostly find none: that must not cost a write transaction. One that asks
    // for strays is at its beginning, and to be known from then on.
    if (
      wish.strays !== true &&
      gone.length === 0 &&
      this.#connection.read(() => this.#free(by, wish)).length === 0
    )
      return [];
    const { take, takeBlindly } = this.#sql;
    const claimWith = (statement: StatementSync): readonly Claim[] =>
      this.write(() => this.#claim(by, wish, isOther, statement));
    return sparing(
      () => claimWith(take),
      () => claimWith(takeBlindly),
    );
  }

  #claim(
    by: Claimant,
    wish: ClaimWish,
    isOther: (row: Row) => boolean,
    take: StatementSync,
  ): readonly Claim[] {
    for (const row of this.#sql.workers.all().filter(isOther)) this.#leave(String(row.worker));
    this.join(by);
    const now = Date.now();
    return this.#free(by, wish).map((key) => {
      const row = take.get(by.worker, now, key)!;
      return { runId: String(row.id), token: Number(row.token) };
    });
  }

  #free(
    by: Claimant,
    { only, fns, strays, running, limit = -1, now = Date.now() }: ClaimWish,
  ): SQLOutputValue[] {
    if (only !== undefined) return this.#sql.candidate.all(only, now).map((row) => row.key!);
    const isAlone = (): boolean => this.#sql.workers.all().every(({ worker }) => worker === by.worker);
    const names = fns === undefined || (strays === true && isAlone()) ? null : JSON.stringify(fns);
    const found = [this.#sql.orphaned.all(names, limit), this.#sql.parked.all(names, now, limit)];
    if (running !== true) found.push(this.#sql.blocked.all(names, limit));
    const keys = found.flatMap((rows) => rows.map((row) => Number(row.key)));
    keys.sort((a, b) => a - b);
    return limit === -1 ? keys : keys.slice(0, limit);
  }

  renew(by: Claimant): boolean {
    const known = this.#connection.guard(
      'be written',
      () => this.#sql.renew.run(by.leaseUntil, by.worker).changes === 1,
    );
    if (!known) this.#joined.delete(by.worker);
    return known;
  }

  release(worker: string): void {
    const { release, releaseBlindly } = this.#sql;
    const releaseWith = (statement: StatementSync): void =>
      this.write(() => {
        statement.run(worker);
        this.#leave(worker);
      });
    sparing(
      () => releaseWith(release),
      () => releaseWith(releaseBlindly),
    );
  }

  #leave(worker: string): void {
    this.#sql.leave.run(worker);
    this.#joined.delete(worker);
  }
}
