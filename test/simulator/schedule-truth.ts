import type { Truth } from './truth.ts';

/** Every 3 s. */
export const CRON = '*/3 * * * * *';
export const PERIOD_MS = 3_000;
export const SCHEDULE = 'every';
const KEY = `schedule:${SCHEDULE}`;

/** What must hold of a schedule: each due time has one run, and only what is missed is left out. */
export class ScheduleTruth {
  readonly #truth: Truth;
  /** When the next run is due, as the store says. */
  #next: number | undefined;

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  /** A run was created. */
  created(id: string): void {
    const due = dueOf(id);
    if (due === undefined) return;
    if (due % PERIOD_MS !== 0) this.#truth.violate('schedule', `${id} was never due`, id);
    if (due !== this.#next)
      this.#truth.violate('schedule', `${id} was started, and ${this.#next} was due`, id);
  }

  /** @param now by the clock of the worker that moved it on */
  moved(key: string, before: string | undefined, after: string, now: number): void {
    if (key !== KEY) return;
    const next = nextOf(after);
    const last = before === undefined ? undefined : nextOf(before);
    if (last !== this.#next)
      this.#truth.violate('schedule', `it was moved on from ${last}, not ${this.#next}`);
    this.#next = next;
    if (last === undefined) return;
    const id = `${SCHEDULE}@${new Date(last).toISOString()}`;
    if (!this.#truth.runs.has(id) && !this.#truth.pruned.has(id))
      this.#truth.violate('schedule', `it was moved on, and ${id} wasn't started`, id);
    const right = (Math.floor(Math.max(now, last) / PERIOD_MS) + 1) * PERIOD_MS;
    if (next !== right)
      this.#truth.violate('schedule', `the run after ${id} is due at ${next}, not ${right}`);
  }
}

const nextOf = (text: string): number => (JSON.parse(text) as { next: number }).next;

/** When the run with this id was due, if it is one of the schedule. */
export function dueOf(id: string): number | undefined {
  const [name, time] = id.split('@');
  return name === SCHEDULE && time !== undefined ? new Date(time).getTime() : undefined;
}
