/**
 * The port between a durable function and whatever keeps its journal: our local backend over a store, AWS Lambda
 * Durable Functions, Restate. Everything all of them share (keys, scopes, the codec, errors, marks, retry policies, log
 * texts) sits above it; a backend sees keys and encoded strings only.
 *
 * It takes callbacks instead of returning promises: the context owns the one promise that user code awaits, so a step
 * costs one promise and no extra ticks. Whatever the engine, a backend delivers the outcomes of one run one at a time,
 * with the microtask queue drained between two, and on a replay in the order in which they were delivered first. That
 * is what makes native `Promise.all`, `race`, pushes to a shared array and worker pools come out the same every time.
 */
import type { RunTrace } from './tracing.ts';

/** How something that a run awaits ended; `value` is an encoded value, or an encoded error when `ok` is false. */
export interface Outcome {
  readonly ok: boolean;
  readonly value: string;
}

export type Settle = (outcome: Outcome) => void;

/** How one attempt of a step ended. */
export interface Attempt extends Outcome {
  /** The policy of the step wants another attempt in so many ms; without it the outcome is final. */
  readonly retryIn?: number;
}

export interface StepRequest {
  /** Unique in the run: scope path, site id, occurrence. */
  readonly key: string;
  /**
   * The start of each attempt is to be durable before the body is called, and a start of which no end is known is not
   * repeated: the step then ends as `endInterrupted` ends it.
   */
  readonly atMostOnce: boolean;
  /**
   * Calls the body. Calls `done` exactly once, maybe at once. Never throws.
   *
   * @param attempt 1 for the first, counted over crashes
   */
  execute(attempt: number, done: (attempt: Attempt) => void): void;
  /**
   * An attempt is recorded as failed, with this encoded error; the next one is executed by this process. What the attempt has
   * used up of its arguments is used up then.
   */
  attemptFailed?(value: string): void;
  /**
   * Ends a step whose last attempt was to be called at most once and didn't end, where that takes more than to say so. Calls
   * `done` once.
   */
  afterInterruption?(done: (outcome: Outcome) => void): void;
  /** Nobody waits for the body that is running any more: its signal is aborted with this encoded error. */
  abort(error: Outcome): void;
  /** Its run is over: the body that is running may go on, but its time limit keeps the process alive no longer. */
  forget(): void;
  /**
   * What the body would be called with now, as a text to compare with that of another moment. Undefined where the body has
   * been called already.
   */
  given?(): string | undefined;
}

/** Turns the time of a call into the moment when a wait is over, both in ms since the epoch. Pure. */
export type Until = (now: number) => number;

/** Another run, started by this one. */
export interface ChildRequest {
  /** The id of the run that is to be started; the same on every replay. */
  readonly id: string;
  /** The id of its durable function. */
  readonly fn: string;
  /** Its arguments, encoded. */
  readonly input: string;
}

/**
 * What a run knows about a key before it asks for it:
 * - `live`: nothing is recorded of it, and nothing that is recorded has still to be asked for; the body may start now;
 * - `plain`: recorded as a call that returned no promise; it is workflow code and is called again;
 * - `made`: recorded as a call that gave an object which may be at work; it is called again only when the object is used;
 * - `recorded`: a completion is recorded, or may be; ask with `step`.
 */
export type KeyState = 'live' | 'plain' | 'recorded' | 'made';

/**
 * What is recorded at once of a call that isn't awaited where it stands:
 * - `plain`: it returned nothing that could be waited for;
 * - `begun`: it returned a promise, and is a step;
 * - `made`: it returned an object that may be at work, such as a thenable.
 */
export type CallRecord = 'plain' | 'begun' | 'made';

/**
 * One run, as its backend shows it to the context. Every `settle` is called at most once (never, if the run is parked).
 * When the run is cancelled, everything it waits for at that moment settles with the encoded `CancelledError`; if it
 * waits for nothing, that happens to the next thing it asks for. What it asks for after that is carried out as usual.
 */
export interface Backend {
  readonly runId: string;
  /** Secret of the run from which all its randomness is derived; the same on every replay. */
  readonly seed: string;
  /** Where the spans of its steps go; undefined where nothing is traced. */
  readonly trace?: RunTrace | undefined;
  /** The run's clock in ms since the epoch: the time of the last delivered event. Deterministic. */
  now(): number;
  /**
   * Asks for the outcome of a step. A recorded outcome is fed in journal order; otherwise the body is executed once
   * every recorded outcome has been delivered.
   */
  step(request: StepRequest, settle: Settle): void;
  /** Waits durably; the value of the outcome means nothing. */
  sleep(key: string, until: Until, settle: Settle): void;
  /**
   * Takes the next of the payloads that are sent to the run under this name, sent before or after this call; in the order
   * of sending, the one who asked first gets the first.
   *
   * @param timeout after it the outcome is the encoded `TimeoutError` that `timedOut` gives
   */
  receive(key: string, name: string, timeout: Until | undefined, settle: Settle): void;
  /** Makes a callback; the outcome's value is its encoded token, which nobody can guess. */
  createCallback(key: string, timeout: Until | undefined, settle: Settle): void;
  /** What the callback with this token is completed or failed with. */
  awaitCallback(key: string, token: string, settle: Settle): void;
  /** Starts another run, or finds it started; the value of the outcome means nothing. */
  startChild(key: string, child: ChildRequest, settle: Settle): void;
  /** How the run ends that `startChild` started under this id. */
  awaitChild(key: string, id: string, settle: Settle): void;
  /**
   * Nobody waits any more for what was asked for under this key, a wait until a time or for a signal: it is not settled, and
   * takes no signal. To be called by the code of the run itself, and so at the same place on every replay. Left out by a
   * backend whose engine can't take back what it was asked for.
   */
  callOff?(key: string): void;
  /**
   * What is known of a key whose call may turn out not to return a promise.
   *
   * @param quiet of a call for which nothing is recorded where it returns no promise, but that it has begun where it does
   */
  state(key: string, quiet: boolean): KeyState;
  /** Records what the call under this key returned, where a replay has to know. */
  recordCall(key: string, record: CallRecord): void;
  /**
   * The run calls a durable function as a part of itself. Its code may be another than the journal was recorded with.
   *
   * @param path the scope of its keys
   * @param fn the id of the function
   */
  entered?(path: string, fn: string): void;
  /** Counts one line of output of the body; true if it must be printed, false if an earlier process printed it. */
  admitOutput(): boolean;
  /**
   * Tells that the body awaits a promise that is not a step, so that slowness isn't taken for changed code.
   *
   * @param text how the code awaits it; undefined for one that a replay makes again, and that settles by itself (`import()`)
   */
  awaitForeign(promise: PromiseLike<unknown>, text?: string): void;
  /** Tells that code elsewhere which calls functions of the body has given this promise: it may call them later, by timers of its own. */
  callsBack?(promise: PromiseLike<unknown>): void;
}
