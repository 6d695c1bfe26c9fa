import type { TestHooks } from '../context.ts';
import type { RequestKind } from './machine.ts';

/** What a runtime stands on; a test puts something else in its place, and looks on. */
export interface Lab extends TestHooks {
  /** Calls back in a turn of the event loop of its own, when all microtasks have run. */
  turn(callback: () => void): void;
  /** No other process shares the store, so nothing is to be looked for. */
  readonly alone: boolean;
  /** The body of a step begins (1), or has ended (-1). */
  busy?(change: 1 | -1): void;
  /** A run awaits something that isn't recorded. */
  foreign?(promise: PromiseLike<unknown>): void;
  /** A run asks for something. */
  asked?(runId: string, key: string, kind: RequestKind): void;
}

export const systemLab: Lab = { turn: (callback) => void setImmediate(callback), alone: false };
