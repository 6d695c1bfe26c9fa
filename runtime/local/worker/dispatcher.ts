import type { System, SystemTimer } from '../time/system.ts';
import type { Clock } from '../time/timers.ts';

/** How often the worker looks for runs that others have released, or that have received a message, in ms. */
const LOOK_MS = 200;

/** What a look for free runs has come to. */
export interface Look {
  /** There may be more to take at once. */
  readonly more: boolean;
  /** Something is due that can't be taken now; the next chance comes when a run makes room. */
  readonly full: boolean;
}

/** Who takes up what is free. */
interface RunClaimer {
  look(): Promise<Look>;
  doubt(): void;
  /** When the next run is due, ms since the epoch; undefined if none is parked. */
  nextDue(): Promise<number | undefined> | number | undefined;
}

/** Takes up runs that are free: parked ones that are due or were sent something, and those of workers that are gone. */
export class Dispatcher {
  readonly #clock: Clock;
  readonly #driver: RunClaimer;
  readonly #alone: boolean;
  readonly #system: System;
  #keepsAlive = false;
  #looking = false;
  #started = false;
  #stopped = false;
  #timer: SystemTimer | undefined;
  #cancelDue: (() => void) | undefined;
  /** Something waits for room. */
  #full = false;

  /** @param alone no other worker shares the store, and none is to look for the runs of this one */
  constructor(clock: Clock, driver: RunClaimer, alone: boolean, system: System) {
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

  /** A call failed that may have given runs to this worker all the same, or it has lost one. */
  doubt(): void {
    this.#driver.doubt();
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
      const since = this.#clock.now();
      const { more, full } = await this.#driver.look();
      again = more;
      this.#full = full;
      if (again) return;
      const due = await this.#driver.nextDue();
      // What was due and has not been taken waits for something else than time.
      const isLate = due !== undefined && due <= since;
      this.#full ||= isLate;
      this.#plan(due, isLate);
    } catch {
      // The next look tries again; a store that stays broken shows when a run is written.
    } finally {
      this.#looking = false;
      if (again) setImmediate(() => void this.look());
    }
  }

  /** There is more room than before: what waits for some need not wait for the next round. */
  roomMade(): void {
    if (this.#full) void this.look();
  }

  /** Something waits for room from now on. */
  wait(): void {
    this.#full = true;
    this.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#system.clear(this.#timer);
    this.#cancelDue?.();
  }

  #plan(due: number | undefined, isLate: boolean): void {
    this.#cancelDue?.();
    this.#cancelDue = undefined;
    if (due === undefined || !this.#keepsAlive) this.#timer?.unref();
    else this.#timer?.ref();
    if (due === undefined || isLate || this.#stopped) return;
    const wait = due - this.#clock.now();
    if (wait < LOOK_MS) this.#cancelDue = this.#clock.after(Math.max(wait, 0), () => void this.look());
  }
}
