/**
 * What passes between executions, and between an execution and the outside. Other systems speak plain JSON; where both
 * ends are ours, values keep their kinds and errors their classes: a JSON object with the encoded text in it.
 */

import type { Outcome } from '../../port/backend.ts';
import { failure } from '../../run/outcome.ts';
import { encode, encodeError } from '../../values/codec.ts';
import type { ErrorObject } from './sdk.ts';

const FIELD = 'use-durable';

interface ValueEnvelope {
  readonly [FIELD]: 1;
  readonly value: string;
}

interface ErrorEnvelope {
  readonly [FIELD]: 1;
  readonly error: string;
}

interface CallEnvelope {
  readonly [FIELD]: 1;
  readonly fn: string;
  readonly input: string;
}

const isEnvelope = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Reflect.get(value, FIELD) === 1;

/** The event of an execution that a run starts. */
export const childEvent = (fn: string, input: string): CallEnvelope => ({ [FIELD]: 1, fn, input });

/** The call in an event, if a run has started the execution. */
export function readCall(event: unknown): { readonly fn: string; readonly input: string } | undefined {
  if (!isEnvelope(event) || typeof event.fn !== 'string' || typeof event.input !== 'string') return undefined;
  return { fn: event.fn, input: event.input };
}

export const valueEnvelope = (value: string): ValueEnvelope => ({ [FIELD]: 1, value });

export const errorEnvelope = (error: string): string =>
  JSON.stringify({ [FIELD]: 1, error } satisfies ErrorEnvelope);

/** The value in a JSON text that another execution or the outside sent; a text that is not JSON is the value itself. */
export function readValue(text: string | undefined, what: string): Outcome {
  if (text === undefined) return { ok: true, value: encode(undefined, what) as string };
  const value = parse(text);
  if (isEnvelope(value) && typeof value.value === 'string') return { ok: true, value: value.value };
  return { ok: true, value: encode(value === undefined ? text : value, what) as string };
}

/** The error that another execution or the outside sent. */
export function readError(error: ErrorObject | undefined, otherwise: string): Outcome {
  const data = error?.ErrorData === undefined ? undefined : parse(error.ErrorData);
  if (isEnvelope(data) && typeof data.error === 'string') return { ok: false, value: data.error };
  const made = new Error(error?.ErrorMessage ?? otherwise);
  if (error?.ErrorType !== undefined) made.name = error.ErrorType;
  if (error?.ErrorData !== undefined) Object.assign(made, { data: data ?? error.ErrorData });
  return failure(made);
}

/** JSON is `undefined` for no text, so that is free to say that a text isn't JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What to give `SendDurableExecutionCallbackSuccess` as the result, so that the run gets the value as it is: a Date stays
 * a Date. Plain JSON may be given as well.
 *
 * Rejects with SerializationError if the value can't be carried.
 */
export async function callbackResult(value: unknown): Promise<string> {
  return JSON.stringify(valueEnvelope(await encode(value, 'result of the callback')));
}

/** What to give `SendDurableExecutionCallbackFailure` as the error, so that the run gets the error as it is. */
export async function callbackError(error: Error): Promise<ErrorObject> {
  const encoded = await encodeError(error, 'error of the callback');
  return { ErrorType: error.name, ErrorMessage: error.message, ErrorData: errorEnvelope(encoded) };
}
