import type { Outcome } from '../../port/backend.ts';
import type { Pending } from './pending.ts';

/** What the code of a run waits for, in the order in which it asked. */
export class PendingSet {
  readonly #byKey = new Map<string, Pending>();

  get size(): number {
    return this.#byKey.size;
  }

  add(pending: Pending): void {
    this.#byKey.set(pending.key, pending);
  }

  take(key: string): Pending | undefined {
    const pending = this.#byKey.get(key);
    if (pending !== undefined) this.#byKey.delete(key);
    return pending;
  }

  takeAll(): readonly Pending[] {
    const all = [...this.#byKey.values()];
    this.#byKey.clear();
    return all;
  }

  /** Those that are to be started and weren't yet. */
  unstarted(): readonly Pending[] {
    return [...this.#byKey.values()].filter(({ started, isRecorded }) => !started && !isRecorded);
  }

  /** Nobody waits for them any more, or what they wait for comes with `outcome`. */
  stopAll(outcome: Outcome | undefined): void {
    for (const pending of this.#byKey.values()) pending.stop(outcome);
  }

  /** Until when (ms since the epoch) nothing happens by itself; undefined if one of them is busy. */
  idleUntil(): number | undefined {
    let until = Number.POSITIVE_INFINITY;
    for (const pending of this.#byKey.values()) {
      const due = pending.idleUntil();
      if (due === undefined) return undefined;
      until = Math.min(until, due);
    }
    return until;
  }
}
