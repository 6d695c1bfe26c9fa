/**
 * Virtual time for random programs: timers fire one after the other, as soon as nothing else is left to do. A program
 * takes no real time then, and what latencies decide doesn't depend on how busy the machine is.
 */
interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

const real = { setTimeout, clearTimeout, setImmediate, now: Date.now };
const target = globalThis as unknown as Record<string, unknown>;

export class VirtualClock {
  #now = 1_700_000_000_000;
  #order = 0;
  #immediates = 0;
  #ticking = false;
  #timers = new Map<number, Timer>();

  /** Calls `body` with the timers and the clock of the process replaced. */
  async run<T>(body: () => Promise<T>): Promise<T> {
    target.setTimeout = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      this.#add(ms, () => callback(...args));
    target.clearTimeout = (id: unknown) => void this.#timers.delete(Number(id));
    target.setImmediate = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      this.#immediates++;
      return real.setImmediate(() => {
        this.#immediates--;
        callback(...args);
      });
    };
    Date.now = () => this.#now;
    try {
      return await body();
    } finally {
      await this.#comeToRest();
      Object.assign(target, {
        setTimeout: real.setTimeout,
        clearTimeout: real.clearTimeout,
        setImmediate: real.setImmediate,
      });
      Date.now = real.now;
      this.forget();
    }
  }

  /**
   * Lets what is still under way come to its next timer, which is dropped. With the timers of the process in their places again it would go
   * on, and have effects in the program that comes next.
   */
  async #comeToRest(): Promise<void> {
    for (let idle = 0; idle < 3; idle++) {
      this.forget();
      await new Promise((resolve) => real.setImmediate(resolve));
      if (this.#immediates > 0) idle = 0;
    }
  }

  /** Drops all timers: what is still under way never goes on. */
  forget(): void {
    this.#timers.clear();
  }

  /** A handle as `setTimeout` of Node gives it, which stands for the number of the timer. */
  #add(ms: number, callback: () => void): object {
    const order = this.#order++;
    this.#timers.set(order, { due: this.#now + Math.max(0, ms), order, callback });
    this.#tick();
    const handle = { ref: () => handle, unref: () => handle, valueOf: () => order };
    return handle;
  }

  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    let idle = 0;
    const turn = (): void => {
      idle = this.#immediates === 0 ? idle + 1 : 0;
      // Two turns in a row: microtasks of the first one may have asked for more.
      if (idle >= 2) {
        idle = 0;
        this.#fire();
      }
      if (this.#timers.size > 0) real.setImmediate(turn);
      else this.#ticking = false;
    };
    real.setImmediate(turn);
  }

  #fire(): void {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) if (!first || timer.due < first.due) first = timer;
    if (!first) return;
    this.#timers.delete(first.order);
    this.#now = Math.max(this.#now, first.due);
    first.callback();
  }
}
