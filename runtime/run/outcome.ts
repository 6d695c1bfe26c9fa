/**
 * Encoding and decoding of outcomes: the result or error of a body is encoded as an `Outcome` for the journal, and an outcome
 * is decoded for the code that awaits it.
 */

import { textOf } from '../base/error-text.ts';
import { CancelledError, SerializationError, StepInterruptedError, TimeoutError } from '../base/errors.ts';
import { valueThrewWhenRead } from '../base/messages/values.ts';
import type { Attempt, Outcome, StepRequest } from '../port/backend.ts';
import type { ClassScope } from '../values/classes.ts';
import { decode, decodeError, encode, encodeError } from '../values/codec.ts';
import { failedBy } from './unhandled-rejections.ts';

/**
 * Calls `body` and reports its outcome, exactly once. Never throws. The return value is awaited as `await` does it; a value
 * that can't be encoded is a failure with the `SerializationError`.
 *
 * @param write how the value is encoded: whole, or part by part
 * @param what names the body in that error, e.g. `step "charge"`
 * @param judge returns the time until the next attempt, in ms, if there is to be one after this error
 */
export function conclude(
  body: () => unknown,
  what: string,
  classes: ClassScope | undefined,
  write: typeof encode,
  settle: (attempt: Attempt) => void,
  judge?: (error: unknown) => number | undefined,
): void {
  const report: Report = { what, classes, write, settle, judge };
  let result: unknown;
  let promise: Promise<unknown> | undefined;
  try {
    result = body();
    // Each object goes through a promise: reading its `then` here would be once more than `await` reads it.
    if ((typeof result === 'object' && result !== null) || typeof result === 'function')
      promise = Promise.resolve(result);
  } catch (error) {
    throws(report, error);
    return;
  }
  if (promise === undefined) succeed(report, result);
  else
    promise.then(
      (value) => succeed(report, value),
      (error: unknown) => throws(report, error),
    );
}

/** How the outcome of a body is reported. */
interface Report {
  readonly what: string;
  readonly classes: ClassScope | undefined;
  readonly write: typeof encode;
  readonly settle: (attempt: Attempt) => void;
  readonly judge: ((error: unknown) => number | undefined) | undefined;
}

function succeed(report: Report, value: unknown): void {
  const what = `result of ${report.what}`;
  let text: string | Promise<string>;
  try {
    text = report.write(value, what, report.classes);
  } catch (error) {
    fail(report, refusalOf(error, what));
    return;
  }
  settleWith(report, text, true);
}

function throws(report: Report, error: unknown): void {
  let retryIn: number | undefined;
  try {
    retryIn = report.judge?.(error);
  } catch (mistake) {
    // A mistake in a policy is reported where the policy is used.
    fail(report, mistake);
    return;
  }
  fail(report, error, retryIn);
}

function fail(report: Report, error: unknown, retryIn?: number): void {
  settleWith(report, encodeThrown(error, `error of ${report.what}`, report.classes), false, retryIn);
}

/** What was thrown; where that can't be carried, why not, which is an error and so can. */
function encodeThrown(
  error: unknown,
  what: string,
  classes: ClassScope | undefined,
): string | Promise<string> {
  try {
    return encodeError(error, what, classes);
  } catch (refusal) {
    try {
      return encodeError(refusalOf(refusal, what), what, classes);
    } catch {
      // The refusal contains the thrown value, which may throw when it is read.
      return failure(unwritable(what, error)).value;
    }
  }
}

/** Errors of the codec explain themselves. Any other error comes from a getter or proxy of the value. */
const refusalOf = (thrown: unknown, what: string): Error =>
  thrown instanceof SerializationError ? thrown : unwritable(what, thrown);

const unwritable = (what: string, thrown: unknown): SerializationError =>
  new SerializationError(valueThrewWhenRead(what, textOf(thrown)), what.split(' ', 1)[0]!);

function settleWith(report: Report, text: string | Promise<string>, ok: boolean, retryIn?: number): void {
  if (typeof text !== 'string') {
    text.then(
      (value) => settleWith(report, value, ok, retryIn),
      (error: unknown) => fail(report, error),
    );
  } else report.settle(retryIn === undefined ? { ok, value: text } : { ok, value: text, retryIn });
}

/** The outcome of a wait that is over. */
export const DONE: Outcome = { ok: true, value: encode(undefined, 'nothing') as string };

/** What a run that is cancelled finds at its awaits. */
export const cancelled = (reason: string | undefined): Outcome => failure(new CancelledError(reason));

/** @param what names what took too long, and how long that was */
export const timedOut = (what: string): Outcome => failure(new TimeoutError(what));

/** Ends a step that is called at most once, and that was under way when its process died. */
export function endInterrupted(
  request: Pick<StepRequest, 'key' | 'afterInterruption'>,
  done: (outcome: Outcome) => void,
): void {
  if (request.afterInterruption === undefined) done(failure(new StepInterruptedError(request.key)));
  else request.afterInterruption(done);
}

/** The outcome with one of this package's own errors, which hold nothing that takes time to encode. */
export const failure = (error: Error): Outcome => ({
  ok: false,
  value: encodeError(error, 'error') as string,
});

/**
 * Settles a promise with an outcome.
 *
 * @param key of the step with this outcome, if there is one
 * @throws the errors of the codec for a text that can't be decoded. The promise isn't settled then: the first execution didn't
 * see that error, so the code would take another path
 */
export function deliver(
  outcome: Outcome,
  classes: ClassScope | undefined,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
  key?: string,
): void {
  if (outcome.ok) return resolve(decode(outcome.value, classes));
  const error = decodeError(outcome.value, classes);
  reject(key === undefined ? error : failedBy(key, error));
}
