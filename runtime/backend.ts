/**
 * The port between a durable function and whatever keeps its journal: our local backend over a store, AWS Lambda
 * Durable Functions, Restate. Everything all of them share (keys, scopes, the codec, errors, marks, log texts) sits
 * above it in `context.ts`; a backend sees keys and encoded strings only.
 *
 * It takes callbacks instead of returning promises: the context owns the one promise that user code awaits, so a step
 * costs one promise and no extra ticks.
 */

/** How a step, or a whole run, ended; `value` is an encoded value, or an encoded error when `ok` is false. */
export interface Outcome {
  readonly ok: boolean;
  readonly value: string;
}

export type Settle = (outcome: Outcome) => void;

export interface StepRequest {
  /** Unique in the run: scope path, site id, occurrence. */
  readonly key: string;
  /** Starts the body. Calls `done` exactly once, maybe at once. Never throws. */
  execute(attempt: number, done: Settle): void;
}

/**
 * What a run knows about a key before it asks for it:
 * - `live`: nothing is recorded of it, and nothing that is recorded has still to be asked for; the body may start now;
 * - `plain`: recorded as a call that returned no promise; it is workflow code and is called again;
 * - `recorded`: a completion is recorded, or may be; ask with `step`.
 */
export type KeyState = 'live' | 'plain' | 'recorded';

/** One run, as its backend shows it to the context. */
export interface Backend {
  readonly runId: string;
  /** Secret of the run from which all its randomness is derived; the same on every replay. */
  readonly seed: string;
  /** The run's clock in ms since the epoch: the time of the last delivered event. Deterministic. */
  now(): number;
  /**
   * Asks for the outcome of a step. A recorded outcome is fed in journal order; otherwise the body is executed once
   * every recorded outcome has been delivered. `settle` is called at most once (never, if the run is parked), with
   * the microtask queue drained between two deliveries of one run.
   */
  step(request: StepRequest, settle: Settle): void;
  /** Waits durably; `until` turns the time of the call into the due time (ms since the epoch), and is called once. */
  sleep(key: string, until: (now: number) => number, settle: () => void): void;
  /** What is known of a key whose call may turn out not to return a promise. */
  state(key: string): KeyState;
  /** Records that the call under this key returned no promise, so that a replay calls it again as workflow code. */
  recordPlain(key: string): void;
  /** Counts one line of output of the body; true if it must be printed, false if an earlier process printed it. */
  admitOutput(): boolean;
  /** Tells that the body awaits a promise that is not a step (`import()`), so that slowness isn't taken for changed code. */
  awaitForeign(promise: PromiseLike<unknown>): void;
}
