import { isNews, state } from '../base/process-state.ts';
import { nameClasses } from '../base/shared-classes.ts';
import type { AnyFunction } from '../functions/definition.ts';
import type { Executor } from '../functions/durable-scope.ts';

/** The executor, with its `reject` at hand for the timers that it sets. */
export const withReject =
  (executor: Executor): Executor =>
  (resolve, reject) => {
    const outer = state.rejectAround;
    state.rejectAround = reject;
    try {
      executor(resolve, reject);
    } finally {
      state.rejectAround = outer;
    }
  };

/** How a timer waits: by a durable wait that it can call off. */
export interface TimerWait {
  readonly promise: Promise<unknown>;
  callOff(): void;
}

/** The return value of `setTimeout` in compiled code. Its callback is code of the durable function. */
export class DurableTimer {
  readonly #begin: () => TimerWait;
  readonly #call: () => void;
  readonly #reject: ((reason: unknown) => void) | undefined;
  #wait: TimerWait | undefined;

  /** @param begin begins to wait; the promise rejects if the run is cancelled, and so does that whose executor set the timer */
  constructor(begin: () => TimerWait, callback: AnyFunction, args: readonly unknown[]) {
    this.#begin = begin;
    this.#call = () => callback(...args);
    this.#reject = state.rejectAround;
    this.#set();
  }

  #set(): void {
    const wait = this.#begin();
    this.#wait = wait;
    // An error of the callback is unhandled, as with any timer.
    void wait.promise.then(
      () => this.#end(wait) && this.#call(),
      (reason) => this.#end(wait) && this.#reject?.(reason),
    );
  }

  /** False if the timer was called off. */
  #end(wait: TimerWait): boolean {
    if (this.#wait !== wait) return false;
    this.#wait = undefined;
    return true;
  }

  close(): this {
    this.#wait?.callOff();
    this.#wait = undefined;
    return this;
  }

  /** Begins anew, also if it is over. */
  refresh(): this {
    this.close();
    this.#set();
    return this;
  }

  // A wait of a run never keeps the process alive.

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  /** @internal Not every target's library knows the symbol. */
  [Symbol.dispose](): void {
    this.close();
  }
}

nameClasses({ DurableTimer });

/** The longest time that timers of the platform take, in ms. */
const LONGEST = 2 ** 31 - 1;

/**
 * The time that a timer of the platform makes of what it is given, in ms: what it doesn't take is 1 ms. Said once a process of
 * what is too long, since a replay sets its timers again.
 */
export function timerDelay(given: unknown): number {
  const ms = Number(given);
  if (ms > LONGEST && isNews('TimeoutOverflowWarning')) {
    process.emitWarning(
      `${ms} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1. For a longer wait, use sleep().`,
      'TimeoutOverflowWarning',
    );
  }
  return ms >= 1 && ms <= LONGEST ? Math.trunc(ms) : 1;
}
