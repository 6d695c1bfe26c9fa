import type { Clock } from '../local/timers.ts';
import { nextTurn } from './macrotasks.ts';

interface Alarm {
  readonly due: number;
  readonly callback: () => void;
}

/** Work that is to end when its turn comes. */
interface Held {
  readonly rank: number;
  readonly end: () => void;
}

/** Somebody who waits; as long as there is one, time may pass. Each method says true when it waits no more. */
export interface Waiter {
  /** Asked in every turn. */
  done?(): boolean;
  /** Asked when nobody is at work, before time passes to the end of the next wait; undefined if there is none. */
  quiet?(next: number | undefined): boolean;
  /** Time doesn't pass beyond this moment, ms since the epoch. */
  readonly limit?: number;
}

/**
 * Time that stands still while anybody is at work, and otherwise jumps to the end of the next wait: but only while a
 * test waits for something of the runtime. What a test does between two such waits takes no time.
 */
export class VirtualTime implements Clock {
  readonly longestNap = Number.POSITIVE_INFINITY;
  #now: number;
  readonly #alarms = new Set<Alarm>();
  readonly #waiters = new Set<Waiter>();
  readonly #held = new Set<Held>();
  /** Steps that are under way, and foreign promises. */
  #busy = 0;
  /** Turns that were asked for. */
  #turns = 0;
  #looking = false;

  /** @param now ms since the epoch */
  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const alarm = { due: this.#now + ms, callback };
    this.#alarms.add(alarm);
    this.look();
    return () => void this.#alarms.delete(alarm);
  }

  readonly turn = (callback: () => void): void => {
    this.#turns++;
    nextTurn(() => {
      this.#turns--;
      try {
        callback();
      } finally {
        this.look();
      }
    });
  };

  readonly busy = (change: 1 | -1): void => {
    this.#busy += change;
    this.look();
  };

  /** Time stands still until the promise is settled: what isn't recorded may take several turns. */
  readonly foreign = (promise: PromiseLike<unknown>): void => {
    this.busy(1);
    const settled = (): void => this.busy(-1);
    promise.then(settled, settled);
  };

  /**
   * Puts off the end of something that was counted as `busy`: when nobody else is at work, what has the lowest rank ends.
   * Without a rank it never does.
   */
  hold(rank: number | undefined, end: () => void): void {
    if (rank !== undefined) this.#held.add({ rank, end });
    this.busy(-1);
  }

  /** Lets time pass until the waiter is told. Gives what takes it away again. */
  wait(waiter: Waiter): () => void {
    this.#waiters.add(waiter);
    this.look();
    return () => void this.#waiters.delete(waiter);
  }

  /** Resolves when nobody is at work; no time passes for that. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      const quiet = (): true => {
        resolve();
        return true;
      };
      this.wait({ quiet, limit: this.#now });
    });
  }

  /** Something may have changed. */
  look(): void {
    if (this.#looking) return;
    this.#looking = true;
    nextTurn(() => {
      this.#looking = false;
      if (this.#step()) this.look();
    });
  }

  /** True if there may be more to do. */
  #step(): boolean {
    if (this.#dismiss((waiter) => waiter.done?.())) return true;
    if (this.#turns > 0 || this.#busy > 0) return false;
    const [first] = [...this.#held].sort((a, b) => a.rank - b.rank);
    if (first !== undefined) {
      this.#held.delete(first);
      this.#busy++;
      first.end();
      return true;
    }
    const next = this.#next();
    if (next !== undefined && next.due <= this.#now) {
      this.#alarms.delete(next);
      next.callback();
      return true;
    }
    if (this.#dismiss((waiter) => waiter.quiet?.(next?.due))) return true;
    if (this.#waiters.size === 0) return false;
    const limits = [...this.#waiters].map(({ limit }) => limit ?? Number.POSITIVE_INFINITY);
    const target = Math.min(next?.due ?? Number.POSITIVE_INFINITY, ...limits);
    if (target === Number.POSITIVE_INFINITY) return false;
    this.#now = target;
    return true;
  }

  #dismiss(isOver: (waiter: Waiter) => boolean | undefined): boolean {
    let dismissed = false;
    for (const waiter of [...this.#waiters]) {
      if (isOver(waiter) !== true) continue;
      this.#waiters.delete(waiter);
      dismissed = true;
    }
    return dismissed;
  }

  #next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) if (first === undefined || alarm.due < first.due) first = alarm;
    return first;
  }
}
