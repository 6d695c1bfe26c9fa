import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Claimant, Store } from '../stores/store.ts';

/**
 * The lease by which a worker holds its runs, renewed three times in its life. Its time is the system's, whatever the
 * clock of the runtime: other processes go by it.
 */
export class Lease {
  /** Names process and runtime. */
  readonly worker = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  readonly #store: Store;
  readonly #ms: number;
  readonly #onLost: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  /** When it runs out; undefined while there is none. */
  #until: number | undefined;
  #waiting: (() => void)[] = [];
  #renewing: Promise<void> | undefined;

  /** @param onLost another worker has found this one gone, and may have taken its runs */
  constructor(store: Store, ms: number, onLost: () => void) {
    this.#store = store;
    this.#ms = ms;
    this.#onLost = onLost;
    this.#heartbeat = setInterval(() => void this.renew(), Math.max(1, ms / 3)).unref();
  }

  /** False when it has run out: what this worker holds may be another's by now. */
  get held(): boolean {
    return this.#until === undefined || Date.now() < this.#until;
  }

  /** Who claims; the first time, that is the beginning of the lease. */
  claimant(): Claimant {
    const leaseUntil = Date.now() + this.#ms;
    this.#until ??= leaseUntil;
    return { worker: this.worker, pid: process.pid, host: hostname(), leaseUntil };
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

  stop(): void {
    clearInterval(this.#heartbeat);
  }

  async #renew(): Promise<void> {
    const claimant = this.claimant();
    try {
      if (await this.#store.renew(claimant)) this.#until = claimant.leaseUntil;
      else {
        this.#until = undefined;
        this.#onLost();
      }
    } catch {
      // The next beat tries again. If all fail the lease runs out, and nothing goes on until one succeeds.
    }
    if (!this.held) return;
    for (const callback of this.#waiting.splice(0)) callback();
  }
}
