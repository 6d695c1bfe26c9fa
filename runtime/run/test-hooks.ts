import type { WebAbortSignal } from '../base/web-types.ts';
import type { Definition } from '../functions/definition.ts';

/** A call that may be a step. */
export interface Call {
  readonly runId: string;
  /** The durable function whose source contains it. */
  readonly definition: Definition;
  readonly key: string;
  /** Empty where there is no call, as for an awaited property. */
  readonly args: readonly unknown[];
  /**
   * For a call that is recorded only if it is a step: `unknown` if that is not decided yet; `no step` if nothing is recorded
   * of it, so that a replay makes it again as a part of the body.
   */
  readonly quiet?: 'unknown' | 'no step';
}

/** Returns what a test does in place of a call: the body that is passed to it, or another one. */
export type Substitute = (call: Call, body: () => unknown) => () => unknown;

/** Tests replace parts of a run's environment by these. */
export interface TestHooks {
  readonly substitute?: Substitute;
  /** Takes the place of `Math.random` for the jitter of delays. */
  random?(): number;
  /** Calls back after `ms` of the test's virtual time, in addition to the platform's timer. Returns a function that cancels it. */
  after?(ms: number, callback: () => void): () => void;
  /** Lets `ms` of virtual time pass while a step is under way. Rejects with the reason of the signal. */
  pass?(runId: string, key: string, ms: number, signal: WebAbortSignal): Promise<void>;
  /** The body prints a line, perhaps one that a replay skips. False skips it now. */
  prints?(runId: string, method: string, args: readonly unknown[]): boolean;
  /**
   * Code that isn't compiled reads a clock or randomness: in the body of a run, or in the call with this key, which may
   * still turn out to be a step. Returns by how many ms its clocks are ahead.
   */
  reads?(what: string, place: string, runId: string, key: string | undefined): number;
}
