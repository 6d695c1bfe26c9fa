import type { Clock } from '../../runtime/local/time/timers.ts';

/** A clock that stands still until a test moves it. It may also be set, as the clock of a machine is, which no timer notices. */
export class ManualClock implements Clock {
  /** What a monotonic clock would show. */
  #uptime = 0;
  /** The wall clock, from there. */
  #offset: number;
  readonly #timers = new Set<{ readonly due: number; readonly callback: () => void }>();

  constructor(now: number) {
    this.#offset = now;
  }

  now(): number {
    return this.#uptime + this.#offset;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#uptime + ms, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Lets so many ms pass, and calls back what is due, the earliest first. */
  move(ms: number): void {
    const end = this.#uptime + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#uptime = Math.max(this.#uptime, next.due);
      next.callback();
    }
    this.#uptime = end;
  }

  /** Sets the wall clock. No time passes. */
  set(now: number): void {
    this.#offset = now - this.#uptime;
  }
}
