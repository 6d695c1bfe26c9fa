import type { Cron } from 'croner';
import { MisuseError, StoreError } from '../../base/errors.ts';
import {
  cronNeverComes,
  cronNoText,
  cronUnreadable,
  scheduleNameTaken,
  timeZoneInvalid,
} from '../../base/messages/options.ts';
import { scheduleDamaged } from '../../base/messages/stores.ts';
import { checkName } from '../../base/name-checks.ts';
import { checkNames } from '../../base/option-checks.ts';
import type { Store } from '../../stores/store.ts';
import type { Clock, Timer, Timers } from '../time/timers.ts';

/** When a schedule starts runs. */
export interface ScheduleTimes {
  /** A cron expression of five fields, or six with seconds first: `'0 3 * * *'` is every night at three. */
  readonly cron: string;
  /** An IANA name, such as `'Europe/Berlin'`; default: UTC, wherever the process runs. */
  readonly timeZone?: string;
}

/** A schedule that this runtime keeps. */
export interface Schedule {
  readonly name: string;
  /** When the next run is due; undefined if there is none any more. */
  next(): Date | undefined;
  /** Starts no more runs in this process. Other processes with the same schedule continue. */
  stop(): void;
}

/** What the store keeps of a schedule. */
interface Kept extends ScheduleTimes {
  /** ms since the epoch; null for never. */
  readonly next: number | null;
}

/** How long to wait after a failure of the store, in ms. */
const RETRY_MS = 1_000;

/**
 * Starts runs by the clock. The store keeps when each schedule is due next, so that a restart misses nothing and starts
 * nothing twice; a run's id is made of the name and the due time, so that of several processes with one schedule one
 * starts it. What was missed while no process ran is made up for by one run.
 */
export class Scheduler {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #schedules = new Map<string, KeptSchedule>();

  constructor(store: Store, clock: Clock, timers: Timers) {
    this.#store = store;
    this.#clock = clock;
    this.#timers = timers;
  }

  /**
   * @param start starts the run with this id, or finds it started
   * @throws MisuseError for a name that is taken, a cron expression or a time zone that is none, one that never comes
   */
  async add(name: string, times: ScheduleTimes, start: (id: string) => Promise<unknown>): Promise<Schedule> {
    checkName('schedule: the name', name);
    if (this.#schedules.has(name)) {
      throw new MisuseError(scheduleNameTaken(name));
    }
    const cron = await parseCron(times);
    const schedule = new KeptSchedule(name, times, cron, start, () => this.#schedules.delete(name), {
      store: this.#store,
      clock: this.#clock,
      timers: this.#timers,
    });
    this.#schedules.set(name, schedule);
    try {
      await schedule.begin();
    } catch (error) {
      schedule.stop();
      throw error;
    }
    return schedule;
  }

  stop(): void {
    for (const schedule of [...this.#schedules.values()]) schedule.stop();
  }
}

class KeptSchedule implements Schedule {
  readonly name: string;
  readonly #times: ScheduleTimes;
  readonly #cron: Cron;
  readonly #start: (id: string) => Promise<unknown>;
  readonly #onStop: () => void;
  readonly #services: { readonly store: Store; readonly clock: Clock; readonly timers: Timers };
  /** As the store holds it. */
  #kept: string | undefined;
  #next: number | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(
    name: string,
    times: ScheduleTimes,
    cron: Cron,
    start: (id: string) => Promise<unknown>,
    onStop: () => void,
    services: { readonly store: Store; readonly clock: Clock; readonly timers: Timers },
  ) {
    this.name = name;
    this.#times = times;
    this.#cron = cron;
    this.#start = start;
    this.#onStop = onStop;
    this.#services = services;
  }

  next(): Date | undefined {
    return this.#next === undefined ? undefined : new Date(this.#next);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#services.timers.cancel(this.#timer);
    this.#onStop();
  }

  /** Goes on from what the store holds; a schedule whose times were changed begins anew. */
  async begin(): Promise<void> {
    await this.#read();
    const kept = this.#kept === undefined ? undefined : this.#parse(this.#kept);
    const same = kept?.cron === this.#times.cron && kept.timeZone === this.#times.timeZone;
    if (same) this.#next = kept.next ?? undefined;
    else await this.#move(this.#services.clock.now());
    this.#arm();
  }

  /** The store may have been moved on by another process. */
  async #read(): Promise<void> {
    this.#kept = await this.#services.store.setting(this.#key);
    if (this.#kept !== undefined) this.#next = this.#parse(this.#kept).next ?? undefined;
  }

  #parse(text: string): Kept {
    let kept: unknown;
    try {
      kept = JSON.parse(text);
    } catch {
      // Told below.
    }
    const { cron, next } = (kept ?? {}) as Partial<Kept>;
    if (typeof cron === 'string' && (next === null || (typeof next === 'number' && isTime(next))))
      return kept as Kept;
    throw new StoreError(scheduleDamaged(this.#services.store.name, this.name));
  }

  /** Moves on to the first due time after `now`. */
  async #move(now: number): Promise<void> {
    const next = this.#cron.nextRun(new Date(now))?.getTime() ?? null;
    const text = JSON.stringify({ ...this.#times, next } satisfies Kept);
    if (await this.#services.store.swap(this.#key, this.#kept, text)) {
      this.#kept = text;
      this.#next = next ?? undefined;
    } else await this.#read();
  }

  #arm(at = this.#next): void {
    if (at !== undefined && !this.#stopped)
      this.#timer = this.#services.timers.add(at, () => void this.#fire());
  }

  async #fire(): Promise<void> {
    const due = this.#next;
    if (this.#stopped || due === undefined) return;
    try {
      // This process may have stood still for so long that the run was started by another one, has ended and was removed.
      await this.#read();
      if (this.#stopped || this.#next !== due) return this.#arm();
      await this.#start(`${this.name}@${new Date(due).toISOString()}`);
      await this.#move(Math.max(this.#services.clock.now(), due));
    } catch {
      // Nothing was moved on, so nothing is lost; the store may be back in a while.
      return this.#arm(this.#services.clock.now() + RETRY_MS);
    }
    this.#arm();
  }

  get #key(): string {
    return `schedule:${this.name}`;
  }
}

const isTime = (ms: number): boolean => !Number.isNaN(new Date(ms).getTime());

async function parseCron(times: ScheduleTimes): Promise<Cron> {
  checkNames('schedule', times, ['cron', 'timeZone']);
  const { cron, timeZone = 'UTC' } = times;
  // An empty text would mean the local time zone of the machine, and a number would be an offset in minutes.
  if (typeof timeZone !== 'string' || timeZone === '') {
    throw new MisuseError(timeZoneInvalid());
  }
  if (typeof cron !== 'string') throw new MisuseError(cronNoText());
  // Loaded here, so that a program without schedules never loads it.
  const { Cron } = await import('croner');
  let parsed: Cron;
  let first: Date | null;
  try {
    parsed = new Cron(cron, { timezone: timeZone, paused: true, mode: '5-or-6-parts' });
    // The time zone is checked only when a time is computed.
    first = parsed.nextRun(new Date(0));
  } catch (cause) {
    throw new MisuseError(cronUnreadable((cause as Error).message), { cause });
  }
  if (first === null) {
    throw new MisuseError(cronNeverComes(cron));
  }
  return parsed;
}
