/**
 * The formats of values: JSON between Restate and its clients, so that any HTTP client can be one, and a line of text in the
 * journal.
 */

import { Buffer } from 'node:buffer';
import { LimitError, MisuseError } from '../../base/errors.ts';
import { wireNotJson, wireTooLarge } from '../../base/messages/restate.ts';
import type { Attempt, Outcome } from '../../port/backend.ts';
import { failure } from '../../run/outcome.ts';

/** The one key of the object that holds a text of our codec, where JSON alone would lose something. */
const CARRIER = 'use-durable';
/** What the codec puts before plain JSON. */
const PLAIN = '1j';

/** The most that Restate takes as one message, in bytes, less some room for what goes around a value. */
export const LARGEST_PAYLOAD = 32 * 1024 * 1024;

/** An encoded value as JSON: the value itself where JSON carries it, `{"use-durable": "..."}` otherwise. */
export function toJson(encoded: string): string {
  const plain = encoded.startsWith(PLAIN) && !encoded.startsWith(`{"${CARRIER}"`, PLAIN.length);
  return plain ? encoded.slice(PLAIN.length) : JSON.stringify({ [CARRIER]: encoded });
}

/**
 * What `toJson` wrote, or anyone else, as an encoded value.
 *
 * @param what names the text in the message
 * @throws MisuseError if it is no JSON
 */
export function fromJson(json: string, what: string): string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new MisuseError(wireNotJson(what, String(cause)));
  }
  return carried(value) ?? PLAIN + json;
}

/** The text of our codec in a parsed JSON value, if that is what it is. */
export function carried(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return undefined;
  const text: unknown = Reflect.get(value, CARRIER);
  return typeof text === 'string' ? text : undefined;
}

/**
 * The arguments in the body of a request: a JSON array is the list of them, any other JSON is the only one, and an empty
 * body is none.
 *
 * @throws MisuseError if it is no JSON
 */
export function argumentsOf(body: string): string {
  if (body.trim() === '') return `${PLAIN}[]`;
  const encoded = fromJson(body, 'body of the request');
  return !encoded.startsWith(PLAIN) || Array.isArray(JSON.parse(body)) ? encoded : `${PLAIN}[${body}]`;
}

/** Texts as they are, for what only we read. */
export const TEXT = {
  contentType: 'text/plain',
  serialize: (text: string): Uint8Array => Buffer.from(text),
  deserialize: (bytes: Uint8Array): string => Buffer.from(bytes).toString(),
};

/** JSON that is written and read elsewhere. */
export const JSON_TEXT = { ...TEXT, contentType: 'application/json' };

/** What the journal keeps: an outcome with its time, or a failed attempt with the time until the next. */
export interface Recorded extends Attempt {
  /** In ms since the epoch. */
  readonly at: number;
}

/** `+` and `-` are outcomes, `~` is an attempt that is followed by another: `~1700000000000 500 1d[...]`. */
export function toLine({ ok, value, retryIn }: Attempt, at: number): string {
  if (retryIn !== undefined) return `~${at} ${retryIn} ${value}`;
  return `${ok ? '+' : '-'}${at} ${value}`;
}

export function fromLine(line: string): Recorded {
  const sign = line[0] as '+' | '-' | '~';
  const [at, rest] = split(line.slice(1));
  if (sign !== '~') return { ok: sign === '+', value: rest, at: Number(at) };
  const [retryIn, value] = split(rest);
  return { ok: false, value, at: Number(at), retryIn: Number(retryIn) };
}

function split(text: string): [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}

/** The outcome, or that of a value which the engine doesn't carry. */
export function limited<T extends Outcome>(outcome: T, what: string, limit: number): T | Outcome {
  const size = Buffer.byteLength(outcome.value);
  return size <= limit ? outcome : failure(tooLarge(what, size, limit));
}

export const tooLarge = (what: string, size: number, limit: number): LimitError =>
  new LimitError(wireTooLarge(what, size, limit));
