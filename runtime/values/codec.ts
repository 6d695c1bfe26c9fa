/**
 * Values as text for the journal, and back. The first character of a text is the version of the format, the second
 * says how the rest is written:
 * - `1j`: JSON, for values that JSON carries without loss;
 * - `1d`: devalue, with our own kinds (see `layout.ts`);
 * - `1h`: a line with the bodies of Requests and Responses (a JSON array of base64), then as `1d`.
 */
import { Buffer } from 'node:buffer';
import { parse } from 'devalue';
import { DurableError, StoreError } from '../errors.ts';
import { type ClassScope, findByInstance } from './classes.ts';
import { Decoding } from './decoding.ts';
import { Encoding } from './encoding.ts';
import { isError, warnOfUnknownClass } from './errors.ts';
import { JsonWalk } from './json.ts';
import { TYPE } from './layout.ts';
import { refuse, refuseThrown, warnOfLoss } from './refusals.ts';
import { Survey } from './survey.ts';

const VERSION = '1';
const JSON_TEXT = `${VERSION}j`;
const DEVALUE_TEXT = `${VERSION}d`;
const BODIES_TEXT = `${VERSION}h`;
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
  return finish(new Encoding({ what, classes, lenient: false, read: walk.read() }), value, what, false);
}

/**
 * Writes the result of a step, as `encode` does, but for instances of classes that nobody registered: of them, and of what
 * they are part of, the data is kept, and what isn't data is left out, part by part (see `survey.ts`). That is told once.
 *
 * @throws SerializationError (or rejects with it) if nothing of the value can be kept, or if it is plain data that can't
 *   be carried whole
 */
export function encodeResult(value: unknown, what: string, classes?: ClassScope): string | Promise<string> {
  try {
    return encode(value, what, classes);
  } catch (refusal) {
    const survey = new Survey(classes);
    if (!survey.covers(value)) {
      throw survey.promise === undefined
        ? refusal
        : refuse(what, survey.promise, 'is a promise. Await it first.');
    }
    const text = finish(
      new Encoding({ what, classes, lenient: true, parts: survey.parts }),
      value,
      what,
      false,
    );
    warnOfLoss(what, survey);
    return text;
  }
}

/**
 * Writes what was thrown: an error, or any value. Of errors, properties that can't be carried (sockets and the like,
 * which HTTP clients put there) are left out, since to refuse the error would hide what went wrong.
 *
 * @throws SerializationError (or rejects with it) if what was thrown is no error and can't be carried
 */
export function encodeError(error: unknown, what: string, classes?: ClassScope): string | Promise<string> {
  if (typeof error === 'object' && error !== null && isError(error)) {
    warnOfUnknownClass(error, findByInstance(error, classes));
  }
  return finish(new Encoding({ what, classes, lenient: true }), error, what, true);
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

/** Reads what `encodeError` wrote, as `decode` does. */
export const decodeError = decode;

function decodeLong(text: string, classes: ClassScope | undefined): unknown {
  if (text === UNDEFINED) return undefined;
  let start = DEVALUE_TEXT.length;
  let bodies: Uint8Array<ArrayBuffer>[] = [];
  if (text.startsWith(BODIES_TEXT)) {
    const end = text.indexOf('\n');
    const list = JSON.parse(text.slice(start, end)) as string[];
    bodies = list.map((body) => Uint8Array.from(Buffer.from(body, 'base64')));
    start = end + 1;
  } else if (!text.startsWith(DEVALUE_TEXT)) {
    throw unreadable(text);
  }
  const decoding = new Decoding(bodies, classes);
  return parse(text.slice(start), { [TYPE]: (payload) => decoding.revive(payload) });
}

function finish(
  encoding: Encoding,
  value: unknown,
  what: string,
  lenient: boolean,
): string | Promise<string> {
  const text = encoding.run(value);
  if (encoding.bodies.length === 0) return DEVALUE_TEXT + text;
  return withBodies(encoding.bodies, text, what, lenient);
}

async function withBodies(
  sources: readonly (Request | Response)[],
  text: string,
  what: string,
  lenient: boolean,
): Promise<string> {
  // All clones are made before the first await, while the originals are as they were when the walk saw them.
  const reads = sources.map((source) => readBody(source));
  const bodies = await Promise.all(
    reads.map((read) =>
      read.catch((cause) => {
        if (lenient) return '';
        throw refuse(what, '', `holds a body that can't be read (${cause}).`, cause);
      }),
    ),
  );
  return `${BODIES_TEXT}${JSON.stringify(bodies)}\n${text}`;
}

const readBody = async (source: Request | Response): Promise<string> =>
  Buffer.from(await source.clone().arrayBuffer()).toString('base64');

function unreadable(text: string, cause?: unknown): StoreError {
  const start = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  const why =
    /^\d/.test(text) && !text.startsWith(VERSION) ? 'it was written by a newer use-durable' : 'it is damaged';
  return new StoreError(
    `A value in the journal can't be read: ${why}. It starts with ${JSON.stringify(start)}.`,
    cause === undefined ? undefined : { cause },
  );
}
