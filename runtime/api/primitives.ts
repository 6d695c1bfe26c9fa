import * as crypto from 'node:crypto';
import type { AttributeChanges } from '../base/attributes.ts';
import type { Duration } from '../base/durations.ts';
import { MisuseError, NotCompiledError } from '../base/errors.ts';
import { calledOutsideStep, callerOf, callerOfCurrentRun } from '../base/messages/steps.ts';
import type { WebAbortSignal } from '../base/web-types.ts';
import type { StepPolicy } from '../functions/policy.ts';
import { tagPrimitive } from '../functions/primitive-tags.ts';
import { currentContext } from '../run/context.ts';
import { notInsideStep } from '../run/inside-step.ts';
import type {
  Callback,
  ChildOptions,
  ChildRun,
  SignalOptions,
  WaitOptions,
} from '../scope/external-events.ts';
import type { SleepOptions } from '../scope/sleep-options.ts';

/**
 * Waits, and survives a restart while it waits: milliseconds, a number with a unit (`'5s'`, `'2 days'`), or a moment.
 * The wait is measured by the wall clock from the moment of the call; a restart doesn't make it longer.
 *
 * @throws NotCompiledError where the function that calls it was not compiled
 * @throws MisuseError inside a step
 * @throws the reason of `options.signal` when that is aborted, and UnsupportedError on an engine that can't call waits off
 */
export function sleep(duration: Duration, _options?: SleepOptions): Promise<void> {
  return refuse('sleep', duration);
}

/**
 * A step with a name of your own, or one around several calls: `await step('charge card', () => ...)`. `fn` is plain
 * code; its result or error is recorded, and it isn't called again once that is done.
 *
 * @param policy retries, a timeout, at most once; default is that of the runtime, or none
 * @throws NotCompiledError where the function that calls it was not compiled
 * @throws MisuseError inside a step
 */
export function step<T>(fn: () => T, policy?: StepPolicy): Promise<Awaited<T>>;
export function step<T>(name: string, fn: () => T, policy?: StepPolicy): Promise<Awaited<T>>;
export function step(...args: unknown[]): Promise<never> {
  return refuse('step', args[0]);
}

/**
 * Waits for the next signal that is sent to the run under this name (`handle.signal(name, payload)`). Signals are kept
 * until they are waited for, and come in the order in which they were sent.
 *
 * Rejects with TimeoutError when the time is over, with the reason of `signal` when that is aborted (such a wait takes no
 * signal), and with NotCompiledError, MisuseError and UnsupportedError as `sleep` does.
 */
export function waitFor<T = unknown>(name: string, _options?: SignalOptions): Promise<T> {
  return refuse('waitFor', name);
}

/**
 * All signals of a name, one after the other: `for await (const message of signals<Message>('message'))`. With a timeout
 * each of them must come within that time of being waited for.
 *
 * @throws NotCompiledError, MisuseError as `waitFor`
 */
export function signals<T = unknown>(name: string, _options?: SignalOptions): AsyncIterableIterator<T> {
  throw refusal('signals', name);
}

/**
 * Makes a callback: a token to hand to the outside, and a wait for what is done with it, by `runtime.complete(token,
 * value)` or `runtime.fail(token, error)` in any process.
 *
 * ```ts
 * const approval = await createCallback<Decision>({ timeout: '3 days' });
 * await sendMail(manager, `https://example.com/decide?token=${approval.token}`);
 * const decision = await approval.result();
 * ```
 *
 * Rejects with NotCompiledError and MisuseError as `sleep` does. The timeout counts from the creation.
 */
export function createCallback<T = unknown>(_options?: WaitOptions): Promise<Callback<T>> {
  return refuse('createCallback', undefined);
}

/**
 * Starts another run with a journal of its own, which continues independently of this one. A direct call of a durable function,
 * `await other(x)`, makes it a part of this run instead.
 *
 * Rejects with RunConflictError if the id belongs to a run of another function, SerializationError (arguments), and with
 * NotCompiledError and MisuseError as `sleep` does.
 */
export function startChild<A extends unknown[], R>(
  fn: (...args: A) => R,
  _args: A,
  _options?: ChildOptions,
): Promise<ChildRun<Awaited<R>>> {
  return refuse('startChild', fn.name);
}

/**
 * Whether the run reaches this place since the code has this branch: `if (since('fraud-check')) await checkFraud(order);`. True for
 * a run that comes to the place for the first time, which is recorded; false for a run that had passed it. It is decided once for
 * each name and run, and stays so. Calls in the branch have ids of their own, so the ids of all others stay as they were.
 *
 * @param name a literal: letters, digits, `_`, `.` and `-`, with a letter first
 * @throws NotCompiledError where the function that calls it was not compiled
 * @throws MisuseError inside a step, UnsupportedError on an engine that keeps each run on the code that it began with
 */
export function since(name: string): boolean {
  throw refusal('since', name);
}

/**
 * Sets attributes of the run, by which `runtime.list({ attributes })` finds it: `setAttributes({ customer: 'c-1', total: 12 })`. Those
 * that aren't named stay as they are, `null` removes one. They are in the store no later than what the run records next.
 *
 * @param changes texts of up to 500 characters, finite numbers, booleans and Dates; a run has up to 32 of them
 * @throws NotCompiledError where the function that calls it was not compiled
 * @throws MisuseError inside a step, or for what is no attribute; LimitError for a text that is too long, or too many attributes
 */
export function setAttributes(_changes: AttributeChanges): void {
  throw refusal('setAttributes', undefined);
}

tagPrimitive('setAttributes', setAttributes);
tagPrimitive('since', since);
tagPrimitive('sleep', sleep);
tagPrimitive('step', step);
tagPrimitive('waitFor', waitFor);
tagPrimitive('signals', signals);
tagPrimitive('createCallback', createCallback);
tagPrimitive('startChild', startChild);

/** Compiled code never calls this: it passes these functions to its scope. The argument distinguishes calls in a list. */
const refuse = (name: string, argument: unknown): Promise<never> => Promise.reject(refusal(name, argument));

function refusal(name: string, argument: unknown): Error {
  if (currentContext()?.place === 'step') return notInsideStep(name);
  const shown = typeof argument === 'string' ? `'${argument}'` : '...';
  return new NotCompiledError(callerOf(name, shown));
}

/** The run that the calling code belongs to. */
export interface RunInfo {
  readonly id: string;
  /** The id of the durable function that was started. */
  readonly fn: string;
}

/**
 * The run that this code is part of, in the durable function and inside its steps.
 *
 * @throws NotCompiledError outside a run
 */
export function currentRun(): RunInfo {
  const context = currentContext();
  if (context === undefined || context.place === 'plain') {
    throw new NotCompiledError(callerOfCurrentRun());
  }
  return { id: context.run.backend.runId, fn: context.run.definition.id };
}

/** The step that the calling code is the body of. */
export interface StepInfo {
  readonly runId: string;
  readonly key: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** 64 hexadecimal digits; the same for every attempt of this step, after a crash too, and for no other step. */
  readonly idempotencyKey: string;
  /** Aborted when nothing awaits the step any more: it timed out, or its run was cancelled or taken over. */
  readonly signal: WebAbortSignal;
}

/**
 * The step that this code runs in.
 *
 * @throws MisuseError outside a step
 */
export function currentStep(): StepInfo {
  const context = currentContext();
  if (context?.place !== 'step') {
    throw new MisuseError(calledOutsideStep());
  }
  const { runId } = context.run.backend;
  const { key, attempt } = context;
  const info = { runId, key, attempt, idempotencyKey: crypto.hash('sha256', `${runId}\0${key}`, 'hex') };
  // Not enumerable, so that the rest can be returned from a step.
  return Object.defineProperty(info as StepInfo, 'signal', { get: () => context.signal });
}
