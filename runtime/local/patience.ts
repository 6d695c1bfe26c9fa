import type { Clock } from './timers.ts';

/** How long a foreign promise may keep the verdict open that the journal doesn't fit, in ms. */
const LIMIT = 30_000;

/**
 * A replay that awaits something which isn't recorded (`import()`) isn't quiescent, whatever it looks like: as long as
 * such a promise is pending, the journal isn't said not to fit, within reason.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #retry: () => void;
  #pending = 0;
  #stop: (() => void) | undefined;
  #over = false;

  /** @param retry called when it is worth looking again */
  constructor(clock: Clock, retry: () => void) {
    this.#clock = clock;
    this.#retry = retry;
  }

  /** A promise is pending that isn't recorded. */
  get foreign(): boolean {
    return this.#pending > 0;
  }

  watch(promise: PromiseLike<unknown>): void {
    this.#pending++;
    const settled = (): void => {
      this.#pending--;
      this.#retry();
    };
    promise.then(settled, settled);
  }

  /** Whether the code may still catch up. */
  waits(): boolean {
    if (this.#pending === 0 || this.#over) return false;
    this.#stop ??= this.#clock.after(LIMIT, () => {
      this.#over = true;
      this.#retry();
    });
    return true;
  }

  /** The code has caught up. */
  end(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#over = false;
  }
}
