import type { Clock } from '../time/timers.ts';

/** Output that nothing else followed is recorded by itself after this many ms. */
const DELAY = 10;

/** Counts the lines that the body of a run prints, so that each is printed by one process only. */
export class LineCount {
  readonly #clock: Clock;
  /** Tells that lines were printed and nothing took their count for a while. */
  readonly #onUnrecorded: () => void;
  /** Lines that earlier processes printed. */
  readonly #before: number;
  #recorded: number;
  #count = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, before: number, onUnrecorded: () => void) {
    this.#clock = clock;
    this.#before = before;
    this.#recorded = before;
    this.#onUnrecorded = onUnrecorded;
  }

  /** Counts a line; true if it must be printed. */
  admit(): boolean {
    this.#count++;
    if (this.#count <= this.#before) return false;
    this.#cancel ??= this.#clock.after(DELAY, () => {
      this.#cancel = undefined;
      if (this.unrecorded) this.#onUnrecorded();
    });
    return true;
  }

  get unrecorded(): boolean {
    return this.#count > this.#recorded;
  }

  /** The count for the event that is written now; undefined if it didn't grow. */
  take(): number | undefined {
    if (!this.unrecorded) return undefined;
    this.#recorded = this.#count;
    return this.#count;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
