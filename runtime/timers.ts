import type { AnyFunction } from './definitions.ts';

export type Executor = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void;

/** `reject` of the promise whose executor is running. */
let rejectAround: ((reason: unknown) => void) | undefined;

/** The executor, with its `reject` at hand for the timers that it sets. */
export const withReject =
  (executor: Executor): Executor =>
  (resolve, reject) => {
    const outer = rejectAround;
    rejectAround = reject;
    try {
      executor(resolve, reject);
    } finally {
      rejectAround = outer;
    }
  };

/** What `setTimeout` gives in compiled code. The wait goes on when it is called off, and then calls nothing. */
export class DurableTimer {
  #callback: AnyFunction | undefined;

  /** @param wait rejects if the run is cancelled, and then so does the promise whose executor set the timer */
  constructor(wait: Promise<void>, callback: AnyFunction, args: readonly unknown[]) {
    this.#callback = callback;
    const reject = rejectAround;
    const call = (): unknown => this.#callback?.(...args);
    // An error of the callback is nobody's, as with any timer.
    void wait.then(call, (reason) => this.#callback && reject?.(reason));
  }

  close(): void {
    this.#callback = undefined;
  }

  // A wait of a run keeps no process alive, whatever it is told.

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
