import type { NewEvent } from '../../journal/events.ts';
import { Pace } from './pace.ts';
import { lengthOf } from './sizes.ts';

/** Events written in one transaction, which holds the store and the event loop while it lasts. */
const MOST = 1_000;
/** A run that is created costs as much as so many events. */
const CREATION = 4;
/** Of all values together. */
const CHARACTERS = 4_000_000;

/** What a transaction may still take, one after the other. Whatever is first is taken, however large it is. */
export class Portion {
  #size = MOST;
  #events = MOST;
  #characters = CHARACTERS;
  readonly #pace = new Pace(MOST);

  /** The next one begins. */
  begin(): this {
    this.#size = this.#pace.size;
    this.#events = this.#size;
    this.#characters = CHARACTERS;
    return this;
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

  /** What a run shows costs as much as an event. */
  takeShown(): void {
    this.#events--;
  }

  take(event: NewEvent): void {
    this.#events--;
    this.#characters -= lengthOf(event);
  }

  /** One that was full has taken so many ms of work. */
  took(ms: number): void {
    this.#pace.took(ms);
  }
}
