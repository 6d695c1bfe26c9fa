import type { Outcome } from '../../port/backend.ts';
import type { Pending } from './pending.ts';

/** The pending requests of a run, in the order of the calls. */
export class PendingSet {
  /** The only one, which most code has at a time: a map that is filled and emptied again and again costs more. */
  #only: Pending | undefined;
  readonly #byKey = new Map<string, Pending>();

  get size(): number {
    return this.#only === undefined ? this.#byKey.size : 1;
  }

  add(pending: Pending): void {
    if (this.size === 0) {
      this.#only = pending;
      return;
    }
    if (this.#only !== undefined) this.#byKey.set(this.#only.key, this.#only);
    this.#only = undefined;
    this.#byKey.set(pending.key, pending);
  }

  take(key: string): Pending | undefined {
    const only = this.#only;
    if (only !== undefined) {
      if (only.key !== key) return undefined;
      this.#only = undefined;
      return only;
    }
    const pending = this.#byKey.get(key);
    if (pending !== undefined) this.#byKey.delete(key);
    return pending;
  }

  takeAll(): readonly Pending[] {
    const all = this.#all();
    this.#only = undefined;
    this.#byKey.clear();
    return all;
  }

  /** Those that are to be started and weren't yet. */
  unstarted(): readonly Pending[] {
    return this.#all().filter(({ started, isRecorded }) => !started && !isRecorded);
  }

  /** Nobody waits for them any more, or what they wait for comes with `outcome`. */
  stopAll(outcome: Outcome | undefined): void {
    for (const pending of this.#all()) pending.stop(outcome);
  }

  /** Until when (ms since the epoch) nothing happens by itself; undefined if one of them is busy. */
  idleUntil(): number | undefined {
    let until = Number.POSITIVE_INFINITY;
    for (const pending of this.#all()) {
      const due = pending.idleUntil();
      if (due === undefined) return undefined;
      until = Math.min(until, due);
    }
    return until;
  }

  #all(): readonly Pending[] {
    return this.#only === undefined ? [...this.#byKey.values()] : [this.#only];
  }
}
