/**
 * The two directions between what a body does and what a journal holds: a body's result or error is encoded as an
 * `Outcome`, and an outcome is decoded for whoever awaits it.
 */
import type { Attempt, Outcome } from './backend.ts';
import { CancelledError, StepInterruptedError, TimeoutError } from './errors.ts';
import { failedBy } from './rejections.ts';
import type { ClassScope } from './values/classes.ts';
import { decode, decodeError, encode, encodeError } from './values/codec.ts';

/**
 * Calls `body` and reports its outcome, once and without ever throwing. What it returns is awaited as `await` would;
 * a value that can't be encoded is a failure, with the `SerializationError` as the error.
 *
 * @param what names the body in that error, e.g. `step "charge"`
 * @param judge gives the time until the next attempt, in ms, if there is to be one after this error
 */
export function conclude(
  body: () => unknown,
  what: string,
  classes: ClassScope | undefined,
  settle: (attempt: Attempt) => void,
  judge?: (error: unknown) => number | undefined,
): void {
  const fail = (error: unknown, retryIn?: number): void => {
    let text: string | Promise<string>;
    try {
      text = encodeError(error, `error of ${what}`, classes);
    } catch (refusal) {
      // Something was thrown that is no error and can't be carried; the refusal is an error, so it can.
      text = encodeError(refusal, `error of ${what}`, classes);
    }
    settleWith(text, false, retryIn, settle, fail);
  };
  const succeed = (value: unknown): void => {
    let text: string | Promise<string>;
    try {
      text = encode(value, `result of ${what}`, classes);
    } catch (error) {
      fail(error);
      return;
    }
    settleWith(text, true, undefined, settle, fail);
  };
  const throws = judge === undefined ? fail : (error: unknown): void => fail(error, judge(error));
  let result: unknown;
  try {
    result = body();
  } catch (error) {
    throws(error);
    return;
  }
  // Every object goes through a promise: asking it for `then` here as well would be once more than `await` asks.
  if ((typeof result === 'object' && result !== null) || typeof result === 'function') {
    Promise.resolve(result).then(succeed, throws);
  } else {
    succeed(result);
  }
}

function settleWith(
  text: string | Promise<string>,
  ok: boolean,
  retryIn: number | undefined,
  settle: (attempt: Attempt) => void,
  fail: (error: unknown) => void,
): void {
  if (typeof text !== 'string') text.then((value) => settleWith(value, ok, retryIn, settle, fail), fail);
  else settle(retryIn === undefined ? { ok, value: text } : { ok, value: text, retryIn });
}

/** The outcome of a wait that is over. */
export const DONE: Outcome = { ok: true, value: encode(undefined, 'nothing') as string };

/** What a run that is cancelled finds at its awaits. */
export const cancelled = (reason: string | undefined): Outcome => failure(new CancelledError(reason));

/** @param what names what took too long, and how long that was */
export const timedOut = (what: string): Outcome => failure(new TimeoutError(what));

/** Of a step that is called at most once, and that was under way when its process died. */
export const interrupted = (key: string): Outcome => failure(new StepInterruptedError(key));

/** The outcome with one of this package's own errors, which hold nothing that takes time to encode. */
export const failure = (error: Error): Outcome => ({
  ok: false,
  value: encodeError(error, 'error') as string,
});

/**
 * Settles a promise with an outcome.
 *
 * @param key of the step that the outcome is of, if it is one
 * @throws whatever the codec throws for a text that it can't read; the promise isn't settled then, because an error
 *   that the first execution didn't see would send the code another way
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
