import { definedFunctions } from '../definitions.ts';
import type { Claim, ClaimWish, Store } from '../stores/store.ts';
import type { Lease } from './lease.ts';
import type { System, SystemTimer } from './system.ts';
import type { Clock } from './timers.ts';

/** How often runs are looked for that others gave up, or that were sent something, in ms. */
const LOOK_MS = 200;
/** Runs claimed at once; with more of them due the event loop gets its turn in between. */
const BATCH = 100;

/** Who drives the runs. */
interface Driver {
  /** How many more it can take. */
  room(): number;
  take(claim: Claim): void;
  /** The ids of all runs that it drives or is about to. */
  driven(): readonly string[];
  /** There is no room, and a run that could go on waits for some. */
  makeRoom(): void;
}

/** Takes up runs that are free: parked ones that are due or were sent something, and those of workers that are gone. */
export class Dispatcher {
  readonly #store: Store;
  readonly #lease: Lease;
  readonly #clock: Clock;
  readonly #driver: Driver;
  readonly #alone: boolean;
  readonly #system: System;
  #keepsAlive = false;
  #looking = false;
  #started = false;
  #stopped = false;
  /** Runs may have been given to this worker without its having heard of it. */
  #unsure = false;
  #timer: SystemTimer | undefined;
  #cancelDue: (() => void) | undefined;

  /** @param alone no other worker shares the store, and none is to look for the runs of this one */
  constructor(store: Store, lease: Lease, clock: Clock, driver: Driver, alone: boolean, system: System) {
    this.#store = store;
    this.#lease = lease;
    this.#clock = clock;
    this.#driver = driver;
    this.#alone = alone;
    this.#system = system;
  }

  /** Looks for runs from now on; as long as there is a parked one, the process stays. */
  start(): void {
    this.#keepsAlive = true;
    if (this.#started || this.#stopped || this.#alone) return;
    this.#started = true;
    this.#timer = this.#system.setInterval(() => void this.look(), LOOK_MS);
    void this.look();
  }

  /** A call failed that may have given runs to this worker all the same. */
  doubt(): void {
    this.#unsure = true;
  }

  /** Whether this worker looks for runs by itself. */
  get started(): boolean {
    return this.#started && !this.#stopped;
  }

  /** Never rejects. */
  async look(): Promise<void> {
    if (!this.#started || this.#stopped || this.#looking) return;
    this.#looking = true;
    let again = false;
    try {
      const limit = Math.min(BATCH, this.#driver.room());
      const fns = definedFunctions();
      if (limit <= 0) {
        // The next look comes when a run has ended, or was dropped.
        const due = await this.#store.nextDue(fns);
        if (due !== undefined && due <= this.#clock.now()) this.#driver.makeRoom();
        return;
      }
      const wish = { fns, running: true, limit, now: this.#clock.now() };
      const claims = await this.#claim(this.#unsure ? { ...wish, driven: this.#driver.driven() } : wish);
      for (const claim of claims) this.#driver.take(claim);
      again = claims.length === limit;
      if (!again) this.#plan(await this.#store.nextDue(fns));
    } catch {
      // The next look tries again; a store that stays broken shows when a run is written.
    } finally {
      this.#looking = false;
    }
    if (again) setImmediate(() => void this.look());
  }

  async #claim(wish: ClaimWish): Promise<readonly Claim[]> {
    const wasUnsure = this.#unsure;
    this.#unsure = false;
    try {
      const claims = await this.#store.claim(this.#lease.claimant(), wish);
      // There may be more of those.
      if (wasUnsure && claims.length === wish.limit) this.#unsure = true;
      return claims;
    } catch (error) {
      this.#unsure = true;
      throw error;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#system.clear(this.#timer);
    this.#cancelDue?.();
  }

  #plan(due: number | undefined): void {
    this.#cancelDue?.();
    this.#cancelDue = undefined;
    if (due === undefined || !this.#keepsAlive) this.#timer?.unref();
    else this.#timer?.ref();
    if (due === undefined || this.#stopped) return;
    const wait = due - this.#clock.now();
    if (wait < LOOK_MS) this.#cancelDue = this.#clock.after(Math.max(wait, 0), () => void this.look());
  }
}
