import { runsNotRemoved } from '../../base/messages/warnings.ts';
import { emitWarning } from '../../base/warnings.ts';
import type { Action } from '../../stores/actions.ts';
import type { Pruned, Store } from '../../stores/store.ts';
import type { Clock } from '../time/timers.ts';

/** Rows removed in one transaction: some ms of the write lock. */
const PORTION = 500;
/** The pause between two portions, in ms, in which others write, and the event loop runs. */
const PAUSE_MS = 50;
/** How long after its beginning a runtime looks for the first time, in ms. */
const FIRST_MS = 1_000;
/** The longest time between two looks, in ms. */
const LONGEST_MS = 60 * 60 * 1_000;

/**
 * Removes runs that ended before a moment, portion by portion.
 *
 * @param pause passes the time between two of them
 * @param action kept in one transaction with the first one
 */
export async function pruneBefore(
  store: Store,
  before: number,
  pause: () => Promise<unknown>,
  action?: Action,
): Promise<number> {
  let count = 0;
  let damaged: Error | undefined;
  for (let isFirst = true; ; isFirst = false) {
    const pruned = await prunePortion(store, before, isFirst ? action : undefined);
    count += pruned.runs;
    damaged ??= pruned.damaged;
    if (pruned.done) break;
    await pause();
  }
  if (damaged !== undefined) throw damaged;
  return count;
}

async function prunePortion(store: Store, before: number, action: Action | undefined): Promise<Pruned> {
  if (action === undefined) return store.prune(before, PORTION);
  let pruned: Pruned | undefined;
  await store.together(() => {
    pruned = store.prune(before, PORTION) as Pruned;
    void store.act(undefined, action);
  });
  return pruned!;
}

/** Removes runs by itself that ended so long ago. Keeps no process alive. */
export class Retention {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #interval: number;
  #cancel: (() => void) | undefined;
  #stopped = false;
  #warned = new Set<string>();

  /** @param ms how long runs are kept after their end */
  constructor(store: Store, clock: Clock, ms: number) {
    this.#store = store;
    this.#clock = clock;
    this.#ms = ms;
    this.#interval = Math.min(Math.max(ms / 10, FIRST_MS), LONGEST_MS);
    this.#wait(FIRST_MS, () => void this.#look());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #look(): Promise<void> {
    try {
      await pruneBefore(this.#store, this.#clock.now() - this.#ms, () => this.#pause());
    } catch (error) {
      this.#warn(error as Error);
    }
    this.#wait(this.#interval, () => void this.#look());
  }

  /** Never over once this is stopped. */
  #pause(): Promise<void> {
    return new Promise((resolve) => this.#wait(PAUSE_MS, resolve));
  }

  #wait(ms: number, callback: () => void): void {
    if (!this.#stopped) this.#cancel = this.#clock.after(ms, callback, true);
  }

  /** Once for each reason: the next look meets a run that can't be removed again, and a store may be down for hours. */
  #warn({ message }: Error): void {
    if (this.#stopped || this.#warned.has(message)) return;
    this.#warned.add(message);
    emitWarning('USE_DURABLE_RETENTION', runsNotRemoved(message));
  }
}
