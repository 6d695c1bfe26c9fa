import type { SQLOutputValue } from 'node:sqlite';
import type { Claim, Claimant, ClaimWish, HeldBack } from './claims.ts';
import { type Connection, type Statements, sparing } from './connection.ts';
import {
  type CountedCrashes,
  holdBackMs,
  isCrashLoop,
  NO_CRASHES,
  oneMore,
  SUSPECT,
  told,
  withoutThoseOf,
} from './crashes.ts';
import type { Owner, WorkersView } from './liveness.ts';
import type { Statement } from './numbered-parameters.ts';
import type { Row } from './row-sums.ts';
import { crashesFrom, ownerFrom, workerColumns, workersText } from './statements.ts';

/** Stands for `Infinity` among whole numbers. */
const ANY = Number.MAX_SAFE_INTEGER;

/** Runs that are given up in one transaction. */
const RELEASED_AT_ONCE = 500;

/** The workers of a file, and the runs that each of them holds. */
export class SqliteClaims {
  readonly #connection: Connection;
  readonly #sql: Statements;
  readonly #view: WorkersView;
  /** Workers that this connection has made known. */
  readonly #joined = new Set<string>();

  constructor(connection: Connection, view: WorkersView) {
    this.#connection = connection;
    this.#sql = connection.sql;
    this.#view = view;
  }

  /** A transaction; if it is undone, so is what it made known of workers. */
  write<T>(work: () => T): T {
    const before = new Set(this.#joined);
    try {
      return this.#connection.write(work);
    } catch (error) {
      for (const worker of this.#joined) if (!before.has(worker)) this.#joined.delete(worker);
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
    const now = this.#view.now();
    const isOther = (row: Row): boolean =>
      row.worker !== by.worker && this.#view.isGone(ownerFrom(row), by, now);
    const gone = this.#connection.read(() => this.#sql.workers.all().filter(isOther));
    // Workers look for runs often, and mostly find none. That must not cost a write transaction. A worker that looks for stray
    // runs is starting, and must be registered.
    if (
      wish.strays !== true &&
      gone.length === 0 &&
      this.#connection.read(() => this.#free(by, wish)).length === 0
    )
      return [];
    const claimWith = (blindly: boolean): Found =>
      this.write(() => {
        const found = new Found(this.#sql, this.#view, by, wish, blindly);
        const workers = this.#sql.workers.all();
        for (const row of workers.filter(isOther)) {
          found.bury(ownerFrom(row));
          // It stays among the registered ones until it reports.
          this.#sql.leave.run(row.worker!);
        }
        // Another process has found it gone. Its own runs are free as well, and it is to let go of them first.
        if (this.#joined.has(by.worker) && !workers.some(({ worker }) => worker === by.worker)) return found;
        this.join(by);
        found.take(this.#free(by, wish));
        return found;
      });
    const { claims, heldBack } = sparing(
      () => claimWith(false),
      () => claimWith(true),
    );
    for (const run of heldBack) wish.heldBack?.(run);
    return claims;
  }

  #free(by: Claimant, wish: ClaimWish): SQLOutputValue[] {
    const { only, fns, strays, running, limit = -1, now = this.#view.now(), anew, caution, driven } = wish;
    const from = caution?.from ?? 0;
    const to = Math.min(caution?.to ?? ANY, ANY);
    const { candidate, orphaned, parked, blocked } = this.#sql;
    const held = driven === undefined ? [] : this.#sql.heldBy.all(by.worker);
    const forgotten = held.filter(({ id }) => driven?.includes(String(id)) === false);
    if (only !== undefined) {
      const own = forgotten.filter(({ id }) => id === only);
      const found = own.length > 0 ? own : candidate.all(only, now, anew ? 1 : 0, from, to);
      return found.map((row) => row.key!);
    }
    const isAlone = (): boolean => this.#sql.workers.all().every(({ worker }) => worker === by.worker);
    const names = fns === undefined || (strays === true && isAlone()) ? null : JSON.stringify(fns);
    const found = [];
    if (wish.blocked !== true) {
      found.push(forgotten, parked.all(names, now, limit, from, to));
      if (from === 0) found.push(orphaned.all(names, limit));
    }
    const among = wish.among === undefined ? null : JSON.stringify(wish.among);
    if (from === 0 && running !== true) found.push(blocked.all(names, limit, among));
    const keys = found.flatMap((rows) => rows.map((row) => Number(row.key)));
    const each = [...new Set(keys)].sort((a, b) => a - b);
    return limit === -1 ? each : each.slice(0, limit);
  }

  note({ runId, token }: Claim, doing: string): void {
    this.#connection.guard('written', () => this.#sql.note.run(doing, runId, token));
  }

  clear(claims: readonly Claim[]): void {
    this.write(() => {
      for (const { runId, token } of claims) this.#sql.clear.run(runId, token);
    });
  }

  waiting(fns: readonly string[], now: number): readonly string[] {
    const rows = this.#connection.read(() => this.#sql.waiting.all(JSON.stringify(fns), now));
    return rows.map(({ id }) => String(id));
  }

  renew(by: Claimant, wasBlocked: boolean): boolean {
    const known = this.#connection.guard(
      'written',
      () => this.#sql.renew.run(by.leaseUntil, by.worker).changes === 1,
    );
    if (known) return true;
    if (!wasBlocked && this.#joined.has(by.worker)) this.write(() => this.#absolve(by.worker));
    this.#joined.delete(by.worker);
    return false;
  }

  /**
   * The worker lives: no run has killed it. What is held back stays so for its time: if the two don't agree on what time it
   * is, it is the other one that may keep the run. A part of a transaction.
   */
  #absolve(worker: string): void {
    for (const row of this.#sql.crashed.all(JSON.stringify(worker))) {
      const crashes = withoutThoseOf(worker, crashesFrom(row));
      if (crashes === undefined) continue;
      this.#sql.absolve.run(crashes.count, crashes.alone, workersText(crashes), this.#view.now(), row.key!);
    }
  }

  release(worker: string): void | Promise<void> {
    return this.#releaseSome(worker) ? this.#releaseRest(worker) : undefined;
  }

  async #releaseRest(worker: string): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#releaseSome(worker));
  }

  /** In one transaction. True if there may be more. */
  #releaseSome(worker: string): boolean {
    const { release, releaseBlindly } = this.#sql;
    const releaseWith = (statement: Statement): boolean =>
      this.write(() => {
        const hasMore = Number(statement.run(worker, RELEASED_AT_ONCE).changes) === RELEASED_AT_ONCE;
        if (!hasMore) this.#leave(worker);
        return hasMore;
      });
    return sparing(
      () => releaseWith(release),
      () => releaseWith(releaseBlindly),
    );
  }

  #leave(worker: string): void {
    if (this.#sql.leave.run(worker).changes === 0 && this.#joined.has(worker)) this.#absolve(worker);
    this.#joined.delete(worker);
  }
}

/** What one claim finds; all of it a part of one transaction. */
class Found {
  readonly claims: Claim[] = [];
  readonly heldBack: HeldBack[] = [];
  readonly #sql: Statements;
  readonly #view: WorkersView;
  readonly #by: Claimant;
  readonly #wish: ClaimWish;
  readonly #blindly: boolean;
  /** The time of the system, ms since the epoch. */
  readonly #now: number;

  /** @param blindly without a look at journals, where a page of one is damaged */
  constructor(sql: Statements, view: WorkersView, by: Claimant, wish: ClaimWish, blindly: boolean) {
    this.#sql = sql;
    this.#view = view;
    this.#now = view.now();
    this.#by = by;
    this.#wish = wish;
    this.#blindly = blindly;
  }

  /** What a gone worker leaves: all that must be known of its runs together. */
  bury(owner: Owner): void {
    if (this.#wish.caution === undefined || this.#blindly) return;
    if (this.#view.isStopped(owner, this.#by)) return void this.#sql.release.run(owner.worker, -1);
    const [only, another] = this.#sql.unchanged.all(owner.worker);
    if (only !== undefined && another === undefined) this.#blame(only.key!, owner.worker, true);
  }

  take(keys: readonly SQLOutputValue[]): void {
    let left = this.#wish.bytes ?? Number.POSITIVE_INFINITY;
    for (const [index, key] of keys.entries()) {
      const standing = this.#sql.standing.get(key)!;
      const crashes = this.#judge(key, standing);
      if (crashes === undefined) continue;
      const bytes = this.#wish.bytes === undefined ? undefined : this.#sizeOf(key);
      const fits = (bytes ?? 0) <= left || (this.#wish.atLeastOne === true && this.claims.length === 0);
      if (!fits) {
        this.heldBack.push({ runId: String(standing.id), fn: String(standing.fn), bytes: bytes! });
        return this.#unblock(keys.slice(index));
      }
      left -= bytes ?? 0;
      const take = this.#blindly ? this.#sql.takeBlindly : this.#sql.take;
      const { count, alone, lived } = crashes;
      const workers = workersText(crashes);
      const { id, token } = take.get(this.#by.worker, this.#now, key, count, alone, lived, workers)!;
      this.claims.push({
        runId: String(id),
        token: Number(token),
        ...(count > 0 && { crashes: told(crashes) }),
        ...(bytes !== undefined && { bytes }),
      });
    }
  }

  /** The crashes of a run that is to be taken; undefined if it is held back. */
  #judge(key: SQLOutputValue, standing: Row): CountedCrashes | undefined {
    if (this.#wish.anew === true) return NO_CRASHES;
    const isOrphan =
      standing.owner !== null &&
      standing.owner !== this.#by.worker &&
      this.#wish.caution !== undefined &&
      !this.#blindly;
    return isOrphan ? this.#blame(key, String(standing.owner), false) : crashesFrom(standing);
  }

  /** Counts a crash, unless the run has recorded something since it was claimed. Undefined if it is held back. */
  #blame(key: SQLOutputValue, owner: string, alone: boolean): CountedCrashes | undefined {
    if (this.#sql.hasProgressed.get(key)?.yes === 1) return NO_CRASHES;
    const standing = this.#sql.standing.get(key)!;
    const lived = this.#now - Number(standing.claimed_at);
    const crashes = oneMore(crashesFrom(standing), owner, lived, alone);
    if (!alone && crashes.count < SUSPECT) return crashes;
    const { caution, now = this.#now } = this.#wish;
    const isOver = isCrashLoop(crashes, caution!.maxCrashes);
    const until = isOver || crashes.count < SUSPECT ? 0 : now + holdBackMs(crashes.count);
    const { count, alone: alones, lived: longest } = crashes;
    this.#sql.holdBack.run(until, count, alones, longest, workersText(crashes), key);
    if (until > 0) {
      this.heldBack.push({
        runId: String(standing.id),
        fn: String(standing.fn),
        crashes: { count, until },
      });
    }
    return undefined;
  }

  #sizeOf(key: SQLOutputValue): number {
    return this.#blindly ? 0 : Number(this.#sql.size.get(key)?.bytes);
  }

  /** Runs that are not taken now must be found again by workers that skip blocked runs. */
  #unblock(keys: readonly SQLOutputValue[]): void {
    const { running, only, fns } = this.#wish;
    if (running === true || only !== undefined) return;
    for (const key of keys) {
      const { status, fn } = this.#sql.standing.get(key)!;
      const isOurs = fns?.includes(String(fn)) ?? true;
      if (status === 'blocked' && isOurs) this.#sql.unblock.run(this.#now, key);
    }
  }
}
