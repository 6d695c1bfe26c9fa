/**
 * The two directions between what a body does and what a journal holds: a body's result or error is encoded as an
 * `Outcome`, and an outcome is decoded for whoever awaits it.
 */
import type { Outcome, Settle } from './backend.ts';
import type { ClassScope } from './values/classes.ts';
import { decode, decodeError, encode, encodeError } from './values/codec.ts';

/**
 * Calls `body` and reports its outcome, once and without ever throwing. What it returns is awaited as `await` would;
 * a value that can't be encoded is a failure, with the `SerializationError` as the error.
 *
 * @param what names the body in that error, e.g. `step "charge"`
 */
export function conclude(
  body: () => unknown,
  what: string,
  classes: ClassScope | undefined,
  settle: Settle,
): void {
  const fail = (error: unknown): void => {
    let text: string | Promise<string>;
    try {
      text = encodeError(error, `error of ${what}`, classes);
    } catch (refusal) {
      // Something was thrown that is no error and can't be carried; the refusal is an error, so it can.
      text = encodeError(refusal, `error of ${what}`, classes);
    }
    settleWith(text, false, settle, fail);
  };
  const succeed = (value: unknown): void => {
    let text: string | Promise<string>;
    try {
      text = encode(value, `result of ${what}`, classes);
    } catch (error) {
      fail(error);
      return;
    }
    settleWith(text, true, settle, fail);
  };
  let result: unknown;
  try {
    result = body();
  } catch (error) {
    fail(error);
    return;
  }
  // Every object goes through a promise: asking it for `then` here as well would be once more than `await` asks.
  if ((typeof result === 'object' && result !== null) || typeof result === 'function') {
    Promise.resolve(result).then(succeed, fail);
  } else {
    succeed(result);
  }
}

function settleWith(
  text: string | Promise<string>,
  ok: boolean,
  settle: Settle,
  fail: (error: unknown) => void,
): void {
  if (typeof text === 'string') settle({ ok, value: text });
  else text.then((value) => settle({ ok, value }), fail);
}

/**
 * Settles a promise with an outcome.
 *
 * @throws whatever the codec throws for a text that it can't read; the promise isn't settled then, because an error
 *   that the first execution didn't see would send the code another way
 */
export function deliver(
  outcome: Outcome,
  classes: ClassScope | undefined,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  if (outcome.ok) resolve(decode(outcome.value, classes));
  else reject(decodeError(outcome.value, classes));
}
