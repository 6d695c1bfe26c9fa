import type { Claim } from '../../stores/claims.ts';
import type { System, SystemTimer } from '../time/system.ts';

/** How long to wait before runs are taken up again that stopped because the store failed, in ms: at first, and at most. */
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/**
 * Claims of runs that stopped on a failure of the store: they are still ours. Each round in which they stop again is
 * followed by a longer wait, since steps whose outcome can't be written are called again.
 */
export class StoreFailureRetries {
  readonly #claims = new Map<string, Claim>();
  readonly #retry: () => Promise<boolean>;
  readonly #system: System;
  #delay = FIRST_MS;
  #retriedAt = Number.NEGATIVE_INFINITY;
  #timer: SystemTimer | undefined;
  #closed = false;

  /**
   * @param retry called when it is time to try again; takes what it tries, and never rejects. True if others are left for
   * lack of room.
   */
  constructor(retry: () => Promise<boolean>, system: System) {
    this.#retry = retry;
    this.#system = system;
  }

  add(claim: Claim): void {
    if (this.#closed || (this.#claims.get(claim.runId)?.token ?? 0) > claim.token) return;
    this.#claims.set(claim.runId, claim);
    this.#schedule();
  }

  /** @param lacksRoom what is left has not been tried in this round */
  #schedule(lacksRoom = false): void {
    if (this.#timer !== undefined || this.#claims.size === 0) return;
    const again = this.#system.uptime() - this.#retriedAt < 2 * this.#delay;
    if (!lacksRoom) this.#delay = again ? Math.min(2 * this.#delay, LONGEST_MS) : FIRST_MS;
    const timer = this.#system.setTimeout(
      () => {
        this.#timer = undefined;
        this.#retriedAt = this.#system.uptime();
        void this.#retry().then((isFull) => this.#schedule(isFull));
      },
      lacksRoom ? FIRST_MS : this.#delay,
    );
    this.#timer = timer.unref();
  }

  get size(): number {
    return this.#claims.size;
  }

  has(id: string): boolean {
    return this.#claims.has(id);
  }

  ids(): Iterable<string> {
    return this.#claims.keys();
  }

  /** A claim that isn't newer than this one is of no use any more. */
  drop({ runId, token }: Claim): void {
    if ((this.#claims.get(runId)?.token ?? 0) <= token) this.#claims.delete(runId);
  }

  take(id: string): Claim | undefined {
    const claim = this.#claims.get(id);
    this.#claims.delete(id);
    return claim;
  }

  /** At most `limit` of them. */
  takeAll(limit = Number.POSITIVE_INFINITY): readonly Claim[] {
    const claims = [...this.#claims.values()].slice(0, Math.max(limit, 0));
    for (const { runId } of claims) this.#claims.delete(runId);
    return claims;
  }

  close(): void {
    this.#closed = true;
    this.#system.clear(this.#timer);
    this.#claims.clear();
  }
}
