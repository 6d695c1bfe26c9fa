import { LineCount } from '../../run/line-count.ts';
import type { Clock } from '../time/timers.ts';

/** A count that no other event carries is recorded by an event of its own after this many ms. */
const DELAY = 10;

/** The lines that the body of a run prints. Their count is recorded with the next event, or by itself after a while. */
export class PrintedLines {
  readonly #clock: Clock;
  readonly #count = new LineCount();
  readonly #onUnrecorded: () => void;
  #cancel: (() => void) | undefined;

  /**
   * @param before the number of lines that earlier processes printed
   * @param onUnrecorded called if no event has carried the count for a while
   */
  constructor(clock: Clock, before: number, onUnrecorded: () => void) {
    this.#clock = clock;
    this.#count.recover(before);
    this.#onUnrecorded = onUnrecorded;
  }

  /** Counts a line. Returns true if it must be printed. */
  admit(): boolean {
    if (!this.#count.admit()) return false;
    this.#cancel ??= this.#clock.after(DELAY, () => {
      this.#cancel = undefined;
      if (this.unrecorded) this.#onUnrecorded();
    });
    return true;
  }

  get unrecorded(): boolean {
    return this.#count.unrecorded;
  }

  /** The count for the event that is recorded now; undefined if it has not grown. */
  take(): number | undefined {
    return this.#count.take();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
