import type { NewEvent } from './outbox.ts';
import { lengthOf } from './sizes.ts';

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

/** What a transaction may still take, one after the other. Whatever is first is taken, however large it is. */
export class Portion {
  #size = MOST;
  #events = MOST;
  #characters = CHARACTERS;
  /** By how long the last ones took. */
  #pace = MOST;

  /** The next one begins. */
  begin(): this {
    this.#size = this.#pace;
    this.#events = this.#pace;
    this.#characters = CHARACTERS;
    return this;
  }

  /** How many events one takes now, at most. */
  get size(): number {
    return this.#pace;
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
    this.#characters -= lengthOf(event);
  }

  /** One that was full has taken so many ms in which nothing else was done. */
  took(ms: number): void {
    if (ms > LONG_MS) this.#pace = Math.max(this.#pace / 2, FEWEST);
    else if (ms < SHORT_MS) this.#pace = Math.min(this.#pace * 2, MOST);
  }
}
