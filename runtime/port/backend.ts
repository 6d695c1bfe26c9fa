/**
 * The port between a durable function and the keeper of its journal: our local backend over a store, AWS Lambda Durable
 * Functions, or Restate. All that they share (keys, scopes, the codec, errors, marks, retry policies, log texts) is above it. A
 * backend sees only keys and encoded strings.
 *
 * It takes callbacks instead of returning promises: the context owns the one promise that user code awaits, so a step costs one
 * promise and no extra ticks. A backend delivers the outcomes of one run one at a time, and the microtask queue is drained
 * between two of them. A replay delivers them in the order of the first delivery. So native `Promise.all`, `race`, pushes to a
 * shared array and worker pools have the same results each time.
 */
import type { AttributeEdits } from '../base/attributes.ts';
import type { RunTrace } from './tracing.ts';

/** How something that a run awaits ended; `value` is an encoded value, or an encoded error when `ok` is false. */
export interface Outcome {
  readonly ok: boolean;
  readonly value: string;
}

export type Settle = (outcome: Outcome) => void;

/** How one attempt of a step ended. */
export interface Attempt extends Outcome {
  /** The policy of the step wants another attempt after this many ms; without it the outcome is final. */
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
  /** Its run is over: a running body may continue, but its time limit keeps the process alive no longer. */
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
 * What a run knows about a key before its request:
 * - `live`: nothing is recorded for it, and all recorded keys have been requested; the body may start now;
 * - `plain`: recorded as a call that returned no promise; it is workflow code and is called again;
 * - `made`: recorded as a call that returned an object which may be at work; it is called again only when the object is used;
 * - `recorded`: a completion is recorded, or may be; request it with `step`.
 */
export type KeyState = 'live' | 'plain' | 'recorded' | 'made';

/**
 * What is recorded at once for a call that isn't awaited in place:
 * - `plain`: it returned nothing that could be awaited;
 * - `begun`: it returned a promise, and is a step;
 * - `made`: it returned an object that may be at work, such as a thenable.
 */
export type CallRecord = 'plain' | 'begun' | 'made';

/**
 * One run, as its backend shows it to the context. Each `settle` is called at most once (never, if the run is parked).
 * Cancellation settles every pending request with the encoded `CancelledError`; if there is none, it settles the next one.
 * Later requests are carried out as usual.
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
   * Takes the next of the payloads that are sent to the run under this name, before or after this call, in the order of
   * sending. The first request gets the first payload.
   *
   * @param timeout after it the outcome is the encoded `TimeoutError` that `timedOut` returns
   */
  receive(key: string, name: string, timeout: Until | undefined, settle: Settle): void;
  /** Makes a callback; the outcome's value is its encoded token, which can't be guessed. */
  createCallback(key: string, timeout: Until | undefined, settle: Settle): void;
  /** What the callback with this token is completed or failed with. */
  awaitCallback(key: string, token: string, settle: Settle): void;
  /** Starts another run, or finds it started; the value of the outcome means nothing. */
  startChild(key: string, child: ChildRequest, settle: Settle): void;
  /** How the run ends that `startChild` started under this id. */
  awaitChild(key: string, id: string, settle: Settle): void;
  /**
   * Cancels the pending wait of this key, for a time or a signal: it is not settled, and takes no signal. The code of the run
   * itself calls it, so each replay calls it at the same place. Left out by a backend whose engine can't cancel waits.
   */
  callOff?(key: string): void;
  /**
   * The state of a key whose call may turn out to return no promise.
   *
   * @param quiet nothing is recorded for the call if it returns no promise; that it has begun is recorded if it returns one
   */
  state(key: string, quiet: boolean): KeyState;
  /** Records what the call under this key returned, where a replay has to know. */
  recordCall(key: string, record: CallRecord): void;
  /**
   * The run calls a durable function as a part of itself. Its code may be another than the journal was recorded with.
   *
   * @param path the scope of its keys
   * @param fn the id of the function, or of one of its versions
   */
  entered?(path: string, fn: string): void;
  /**
   * The version of a durable function that the run goes on with, by what it calls: the one that is recorded, where that is loaded
   * beside a newer one. Undefined for the one that is called.
   */
  versionFor?(fn: string): string | undefined;
  /**
   * Whether the code comes to a branch that it hadn't when the run passed the place; decided once for a name, and recorded where it
   * is true. Left out by a backend whose engine keeps each run on the code that it began with.
   */
  since?(name: string): boolean;
  /**
   * The run changes its attributes, by name; null removes one. What a replay changes is recorded already. Throws LimitError if it
   * would have too many. Left out by a backend whose engine keeps none.
   */
  setAttributes?(changes: AttributeEdits): void;
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
