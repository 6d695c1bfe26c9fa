import type { RequestKind } from '../../journal/replay-machine.ts';
import type { TestHooks } from '../../run/test-hooks.ts';
import { nextTurn } from './macrotask-queue.ts';
import { processSystem, type System } from './system.ts';

/** What a runtime uses of the platform. A test replaces it, and observes the runtime. */
export interface RuntimeHooks extends TestHooks {
  /**
   * Calls back in a turn of the event loop of its own, when all microtasks have run. `now` is the wall clock, in ms since the
   * epoch, if it was read for that turn.
   */
  turn(callback: (now?: number) => void): void;
  readonly system: System;
  /** No other process shares the store, so nothing is to be looked for. */
  readonly alone: boolean;
  /** How many bytes of journals may be under way; by default a part of the heap. */
  readonly journalBudget?: number;
  /** The body of a step begins, or nothing awaits it any more; the latter may be reported twice. */
  busy?(runId: string, key: string, isBusy: boolean): void;
  /** A run awaits something that isn't recorded. */
  foreign?(promise: PromiseLike<unknown>): void;
  /** Calls back when the limit for such a promise is reached; returns a function that cancels it. */
  patience?(callback: () => void): () => void;
  /** A run makes a request. */
  asked?(runId: string, key: string, kind: RequestKind): void;
}

export const systemHooks: RuntimeHooks = { turn: nextTurn, system: processSystem, alone: false };
