import type { NewEvent } from './outbox.ts';

/** Events written in one transaction, which holds the store and the event loop while it lasts. */
const MOST = 1_000;
const FEWEST = 50;
/** A run that is created costs as much as so many events. */
const CREATION = 4;
/** Of all values together. */
const CHARACTERS = 4_000_000;
/** Transactions that take longer become smaller, and larger again where they are shorter than that, in ms. */
const LONG_MS = 40;
const SHORT_MS = 15;

/** What one transaction may still take. Whatever is first is taken, however large it is. */
export class Portion {
  readonly #size: number;
  #events: number;
  #characters = CHARACTERS;

  constructor(events: number) {
    this.#size = events;
    this.#events = events;
  }

  get full(): boolean {
    return this.#events <= 0 || this.#characters <= 0;
  }

  /** Half of it is kept for what comes behind creations. */
  get halfFull(): boolean {
    return this.#events <= this.#size / 2 || this.#characters <= CHARACTERS / 2;
  }

  takeCreation(input: string): void {
    this.#events -= CREATION;
    this.#characters -= input.length;
  }

  take(event: NewEvent): void {
    this.#events--;
    if ('value' in event) this.#characters -= event.value.length;
  }
}

/** How large the portions are, by how long the last ones took. */
export class Pace {
  #events = MOST;

  get events(): number {
    return this.#events;
  }

  portion(): Portion {
    return new Portion(this.#events);
  }

  /** A full portion has taken so many ms in which nothing else was done. */
  took(ms: number): void {
    if (ms > LONG_MS) this.#events = Math.max(this.#events / 2, FEWEST);
    else if (ms < SHORT_MS) this.#events = Math.min(this.#events * 2, MOST);
  }
}
