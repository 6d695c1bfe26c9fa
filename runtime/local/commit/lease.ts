import { StoreError, storeError } from '../../base/errors.ts';
import { leaseRanOut } from '../../base/messages/stores.ts';
import type { Claimant } from '../../stores/claims.ts';
import type { Heartbeat, Store } from '../../stores/store.ts';
import { processSystem, type System, type SystemTimer } from '../time/system.ts';

/** What becomes of the runs that a worker holds by its lease. */
export interface LeaseKeeper {
  /** Another worker has found this one gone, and may have taken its runs. */
  lost(): void;
  /** The lease has run out, and the store fails: nothing can go on. */
  failed(error: StoreError): void;
}

/**
 * The lease by which a worker holds its runs, renewed three times in its life. Its time is the system's, whatever the
 * clock of the runtime: other processes go by it.
 */
export class Lease {
  /** Names process and runtime. */
  readonly worker: string;
  readonly #store: Store;
  readonly #ms: number;
  readonly #keeper: LeaseKeeper;
  readonly #system: System;
  readonly #timer: SystemTimer;
  /** Who renews it while the event loop is blocked. */
  #heartbeat: Heartbeat | undefined;
  /** When it runs out; undefined while there is none. */
  #until: number | undefined;
  #waiting: (() => void)[] = [];
  #renewing: Promise<void> | undefined;
  #trouble: StoreError | undefined;
  /** When it was found to have run out, by the clock that nobody sets. */
  #lapsedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(store: Store, ms: number, keeper: LeaseKeeper, system: System) {
    this.worker = `${system.host}:${system.pid}:${system.random(4)}`;
    this.#store = store;
    this.#ms = ms;
    this.#keeper = keeper;
    this.#system = system;
    this.#timer = system.setInterval(() => void this.renew(), Math.max(1, ms / 3)).unref();
  }

  /** False when it has run out: what this worker holds may be another's by now. */
  get held(): boolean {
    return this.holdsAt();
  }

  /** @param read the wall clock of the process in this turn, ms since the epoch; ignored if the system has its own clock */
  holdsAt(read?: number): boolean {
    if (this.#until === undefined) return true;
    const now = read !== undefined && this.#system === processSystem ? read : this.#system.now();
    return now < this.#until;
  }

  /** Who claims; the first time, that is the beginning of the lease. */
  claimant(): Claimant {
    const leaseUntil = this.#system.now() + this.#ms;
    this.#until ??= leaseUntil;
    const { host, pid } = this.#system;
    return { worker: this.worker, pid, host, leaseUntil };
  }

  /** From now on there are runs that would be lost with it, also while the event loop is blocked. */
  guard(): void {
    if (this.#heartbeat === undefined && !this.#stopped)
      this.#heartbeat = this.#store.heartbeat?.(this.claimant(), this.#ms);
  }

  /**
   * False for a while after the lease had run out: if the machine was asleep, others have stood still as well, and are to
   * have the time to renew theirs before they are taken for gone.
   */
  get mayJudge(): boolean {
    return this.held && this.#system.uptime() - this.#lapsedAt >= this.#ms / 3;
  }

  /** Calls back when the lease holds again, or is known to be lost. */
  whenHeld(callback: () => void): void {
    this.#waiting.push(callback);
    void this.renew();
  }

  /** Extends the lease; never rejects. */
  renew(): Promise<void> {
    if (this.#until === undefined) return Promise.resolve();
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /**
   * For what can't wait: whether the lease holds, or can be extended here and now. Gives an error if the store fails, or
   * doesn't answer at once.
   */
  holdNow(): boolean | StoreError {
    if (this.held) return true;
    this.#lapsedAt = this.#system.uptime();
    const claimant = this.claimant();
    try {
      const answer = this.#store.renew(claimant, this.#wasBlocked);
      if (!(answer instanceof Promise)) {
        this.#renewed(claimant, answer);
        return answer;
      }
      answer.catch(() => {});
    } catch (error) {
      return storeError(this.#store.name, error);
    }
    return new StoreError(leaseRanOut(this.#store.name));
  }

  /** Something has kept the event loop from renewing it, for longer than others do that. */
  get #wasBlocked(): boolean {
    return this.#heartbeat?.hasGivenUp === true;
  }

  /** Whether the store lets it be extended now. */
  async works(): Promise<boolean> {
    await this.renew();
    return this.held && this.#trouble === undefined;
  }

  /** @throws StoreError if the lease has run out and could not be extended, because the store fails */
  assertHeld(): void {
    if (!this.held && this.#trouble !== undefined) throw this.#trouble;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#system.clear(this.#timer);
    await this.#heartbeat?.stop();
  }

  async #renew(): Promise<void> {
    if (!this.held) this.#lapsedAt = this.#system.uptime();
    const claimant = this.claimant();
    try {
      this.#renewed(claimant, await this.#store.renew(claimant, this.#wasBlocked));
    } catch (error) {
      // The next beat tries again. If all fail the lease runs out, and nothing goes on until one succeeds.
      this.#trouble = storeError(this.#store.name, error);
      if (!this.held) this.#keeper.failed(this.#trouble);
    }
    if (!this.held) return;
    for (const callback of this.#waiting.splice(0)) callback();
  }

  #renewed({ leaseUntil }: Claimant, known: boolean): void {
    this.#trouble = undefined;
    this.#until = known ? leaseUntil : undefined;
    this.#heartbeat?.renewed();
    if (!known) this.#keeper.lost();
  }
}
