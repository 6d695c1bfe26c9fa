/**
 * Values as text for the journal, and back. The first character of a text is the version of the format, the second
 * says how the rest is written:
 * - `1j`: JSON, for values that JSON carries without loss;
 * - `1d`: devalue, with our own kinds (see `layout.ts`);
 * - `1h`: a line with the bodies of Requests and Responses (a JSON array of base64), then as `1d`;
 * - `1u`: a line that says what a step has used up of what it was given (`used-up-arguments.ts`), then one of these texts.
 */

import { Buffer } from 'node:buffer';
import { parse } from 'devalue';
import { DurableError, StoreError } from '../base/errors.ts';
import { aPromise, bodyUnreadable, valueUnreadable } from '../base/messages/values.ts';
import { readBody, readBodyOfError } from './bodies.ts';
import { type ClassScope, findByInstance } from './classes.ts';
import { Decoding } from './decoding.ts';
import { isTooDeep } from './depth.ts';
import { type Body, Encoding } from './encoding.ts';
import type { Loss } from './error-losses.ts';
import { bareError, isError } from './errors.ts';
import type { RecordedBody } from './http.ts';
import { JsonWalk } from './json.ts';
import { TYPE } from './layout.ts';
import { warnOfError, warnOfErrorLosses } from './loss-warnings.ts';
import { refuse, refuseDepth, refuseThrown, warnOfLoss } from './refusals.ts';
import { Survey } from './survey.ts';

const VERSION = '1';
const JSON_TEXT = `${VERSION}j`;
const DEVALUE_TEXT = `${VERSION}d`;
const BODIES_TEXT = `${VERSION}h`;
const USED_UP_TEXT = `${VERSION}u`;
const UNDEFINED = `${DEVALUE_TEXT}-1`;

/**
 * Writes a value as text. The value is not changed, and each of its getters is called once. The text comes at once,
 * but for a value with the body of a Request or Response in it, which takes time to read (the original stays unread).
 *
 * @param what names the value in errors, its first word being the root of the path: `result of step "charge"`
 * @param classes classes that are known besides the registered ones
 * @throws SerializationError (or rejects with it) naming the path to a part that can't be carried
 */
export function encode(value: unknown, what: string, classes?: ClassScope): string | Promise<string> {
  if (value === undefined) return UNDEFINED;
  const walk = new JsonWalk();
  try {
    const json = walk.text(value);
    if (json !== undefined) return JSON_TEXT + json;
  } catch (error) {
    throw refuseThrown(what, error);
  }
  const encoding = new Encoding({ what, classes, read: walk.read() });
  const text = finish(encoding, () => encoding.run(value), what);
  warnOfErrorLosses(undefined, encoding.losses);
  return text;
}

/**
 * Writes the result of a step, as `encode` does, except for instances of classes that are not registered. Of these, and of the
 * objects that contain them, the data is kept. All else is left out, part by part (see `survey.ts`), with one warning.
 *
 * @throws SerializationError (or rejects with it) if no part of the value can be kept, or if it is plain data that can't be
 * written whole
 */
export function encodeResult(value: unknown, what: string, classes?: ClassScope): string | Promise<string> {
  try {
    return encode(value, what, classes);
  } catch (refusal) {
    const survey = new Survey(classes);
    if (!survey.covers(value)) {
      throw survey.promise === undefined ? refusal : refuse(what, survey.promise, aPromise());
    }
    const encoding = new Encoding({ what, classes, parts: survey.parts });
    const text = finish(encoding, () => encoding.run(value), what);
    warnOfErrorLosses(undefined, encoding.losses);
    warnOfLoss(what, survey);
    return text;
  }
}

/**
 * Writes a thrown value: an error, or any other value. Parts that can't be written, such as the sockets that HTTP clients
 * attach, are left out one by one: refusing the error would hide the failure. There is one warning for each class.
 *
 * @throws SerializationError (or rejects with it) if the thrown value can't be written at all: a function, a socket
 */
export function encodeError(error: unknown, what: string, classes?: ClassScope): string | Promise<string> {
  const encoding = new Encoding({ what, classes });
  if (typeof error !== 'object' || error === null) return finish(encoding, () => encoding.run(error), what);
  let text: string | Promise<string>;
  let losses: readonly Loss[];
  try {
    text = finish(encoding, () => encoding.runThrown(error), what);
    losses = encoding.losses;
  } catch (refusal) {
    if (!isError(error) || findByInstance(error, classes)?.encode !== undefined) throw refusal;
    // What makes it fail is unknown, such as a proxy that throws, so only what can't fail is kept.
    const bare = new Encoding({ what, classes });
    text = finish(bare, () => bare.runThrown(bareError(error)), what);
    losses = [{ root: error, path: '', what: String((refusal as Error).message), fate: 'left out' }];
  }
  warnOfError(error, losses, classes, () => (typeof text === 'string' ? decode(text, classes) : undefined));
  return text;
}

/**
 * Reads what `encode` wrote; every call makes a new value.
 *
 * @throws StoreError if the text was not written by this codec
 * @throws SerializationError if a class or a durable function in it isn't known in this process
 */
export function decode(text: string, classes?: ClassScope): unknown {
  try {
    return text.startsWith(JSON_TEXT) ? JSON.parse(text.slice(JSON_TEXT.length)) : decodeLong(text, classes);
  } catch (error) {
    throw error instanceof DurableError ? error : unreadable(text, error);
  }
}

/** The text of an outcome of a step, with what the step has used up. */
export const withUsedUp = (text: string, paths: readonly string[]): string =>
  paths.length === 0 ? text : `${USED_UP_TEXT}${JSON.stringify(paths)}\n${text}`;

/** What a step has used up, of which `text` is the outcome. */
export const usedUpIn = (text: string): readonly string[] =>
  text.startsWith(USED_UP_TEXT)
    ? (JSON.parse(text.slice(USED_UP_TEXT.length, text.indexOf('\n'))) as string[])
    : [];

/** Reads what `encodeError` wrote, as `decode` does. */
export const decodeError = decode;

function decodeLong(text: string, classes: ClassScope | undefined): unknown {
  if (text === UNDEFINED) return undefined;
  if (text.startsWith(USED_UP_TEXT)) return decode(text.slice(text.indexOf('\n') + 1), classes);
  let start = DEVALUE_TEXT.length;
  let bodies: RecordedBody[] = [];
  if (text.startsWith(BODIES_TEXT)) {
    const end = text.indexOf('\n');
    const list = JSON.parse(text.slice(start, end)) as (string | null)[];
    bodies = list.map((body) => (body === null ? undefined : Uint8Array.from(Buffer.from(body, 'base64'))));
    start = end + 1;
  } else if (!text.startsWith(DEVALUE_TEXT)) {
    throw unreadable(text);
  }
  const decoding = new Decoding(bodies, classes);
  const value: unknown = parse(text.slice(start), { [TYPE]: (payload) => decoding.revive(payload) });
  decoding.finish();
  return value;
}

function finish(encoding: Encoding, run: () => string, what: string): string | Promise<string> {
  const text = run();
  if (isTooDeep(text)) throw refuseDepth(what);
  if (encoding.bodies.length === 0) return DEVALUE_TEXT + text;
  return withBodies(encoding.bodies, text, what);
}

async function withBodies(sources: readonly Body[], text: string, what: string): Promise<string> {
  // All clones are made before the first await, while the originals are as they were when the walk saw them.
  const reads = sources.map(({ source, lenient }) => (lenient ? readBodyOfError(source) : readBody(source)));
  const bodies = await Promise.all(
    reads.map((read) =>
      read.catch((cause) => {
        throw refuse(what, '', bodyUnreadable(cause), cause);
      }),
    ),
  );
  try {
    return `${BODIES_TEXT}${JSON.stringify(bodies)}\n${text}`;
  } catch (error) {
    throw refuseThrown(what, error);
  }
}

function unreadable(text: string, cause?: unknown): StoreError {
  const start = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  const why =
    /^\d/.test(text) && !text.startsWith(VERSION) ? 'it was written by a newer use-durable' : 'it is damaged';
  return new StoreError(
    valueUnreadable(why, JSON.stringify(start)),
    cause === undefined ? undefined : { cause },
  );
}
