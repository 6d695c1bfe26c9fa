/** Where a runtime takes its time from; the system's, or a test's. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /**
   * Calls back after `ms`, not before. Returns a function that cancels it.
   *
   * @param idle the wait keeps no process alive
   */
  after(ms: number, callback: () => void, idle?: boolean): () => void;
  /** No wait is longer, in ms; default one minute. */
  readonly longestNap?: number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback, idle = false) {
    const timer = setTimeout(callback, ms);
    if (idle) timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A wait that has not fired. */
export interface Timer {
  readonly due: number;
  readonly order: number;
  /** `undefined` once it was cancelled. */
  callback: (() => void) | undefined;
}

/**
 * The longest time between two readings of the wall clock. setTimeout counts the time in which the process runs, up to 24.8
 * days. The wall clock may be set, and continues while the machine sleeps.
 */
const LONGEST_NAP = 60_000;

/** Timers by due time on the wall clock. Those that are due together fire in order of due time, then of request. */
export class Timers {
  readonly #clock: Clock;
  /** A binary heap, the earliest first. */
  readonly #heap: Timer[] = [];
  #cancelled = 0;
  #order = 0;
  #stop: (() => void) | undefined;
  /** When the running nap ends. */
  #wakeAt = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param due ms since the epoch; in the past means as soon as possible */
  add(due: number, callback: () => void): Timer {
    const timer: Timer = { due, order: this.#order++, callback };
    if (this.#closed) return timer;
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    if (due < this.#wakeAt) this.#nap();
    return timer;
  }

  cancel(timer: Timer): void {
    if (timer.callback === undefined) return;
    timer.callback = undefined;
    this.#cancelled++;
    // What is cancelled stays in the heap until it is due, unless that is most of it.
    if (this.#cancelled * 2 > this.#heap.length) this.#purge();
  }

  /** Nothing is called back any more, and nothing keeps the process alive. */
  close(): void {
    this.#closed = true;
    this.#heap.length = 0;
    this.#nap();
  }

  #purge(): void {
    const kept = this.#heap.filter((timer) => timer.callback !== undefined).sort(compare);
    // A sorted list is a heap.
    this.#heap.length = 0;
    for (const timer of kept) this.#heap.push(timer);
    this.#cancelled = 0;
    if (kept.length === 0) this.#nap();
  }

  /** Sets the one system timer to the earliest wait; without any, nothing keeps the process alive. */
  #nap(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#wakeAt = Number.POSITIVE_INFINITY;
    // One that was cancelled would keep the process alive until it is due.
    while (this.#heap[0] !== undefined && this.#heap[0].callback === undefined) {
      this.#removeFirst();
      this.#cancelled--;
    }
    const first = this.#heap[0];
    if (first === undefined) return;
    const now = this.#clock.now();
    const ms = Math.min(Math.max(first.due - now, 0), this.#clock.longestNap ?? LONGEST_NAP);
    this.#wakeAt = now + ms;
    this.#stop = this.#clock.after(ms, this.#wake);
  }

  readonly #wake = (): void => {
    const now = this.#clock.now();
    try {
      for (let first = this.#heap[0]; first !== undefined && first.due <= now; first = this.#heap[0]) {
        this.#removeFirst();
        const { callback } = first;
        if (callback === undefined) this.#cancelled--;
        first.callback = undefined;
        callback?.();
      }
    } finally {
      // Whatever one of them throws, the others fire.
      this.#nap();
    }
  };

  #removeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compare(this.#heap[parent]!, this.#heap[at]!) <= 0) return;
      this.#swap(parent, at);
      at = parent;
    }
  }

  #sink(): void {
    let at = 0;
    while (true) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#heap.length && compare(this.#heap[child]!, this.#heap[least]!) < 0) least = child;
      }
      if (least === at) return;
      this.#swap(least, at);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    const timer = this.#heap[a]!;
    this.#heap[a] = this.#heap[b]!;
    this.#heap[b] = timer;
  }
}

const compare = (a: Timer, b: Timer): number => a.due - b.due || a.order - b.order;
