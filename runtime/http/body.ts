/** Reads the body of a request: JSON of a limited size, and nothing that could reach the prototype of an object. */
import {
  bodyFieldDangerous,
  bodyFieldUnknown,
  bodyIncomplete,
  bodyNoObject,
  bodyNotJson,
  bodyNotUtf8,
  bodyTooDeep,
  bodyTooLarge,
  contentEncodingUnsupported,
  contentTypeUnsupported,
} from '../base/messages/http-answers.ts';
import { Refusal } from './refusal.ts';

/** Deeper values are refused: code that walks them may run out of stack. */
const MAX_DEPTH = 100;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a body; an empty body is an empty object.
 *
 * @param limit in bytes
 * @param known the names that it may have; another one is a mistake that would otherwise pass in silence
 * @throws Refusal 400, 413 or 415
 */
export async function readFields(request: Request, limit: number, known: readonly string[]): Promise<Fields> {
  checkType(request);
  const text = await readText(request, limit);
  const value = text === '' ? {} : parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(bodyNoObject(list(known)));
  }
  check(value);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw malformed(bodyFieldUnknown(JSON.stringify(unknown), list(known)));
  }
  return value as Fields;
}

export const malformed = (message: string): Refusal => new Refusal(400, 'BAD_REQUEST', message);

const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(' or ');

/**
 * Required for each body, also for an empty one. A page of another origin can't send this type without a preflight request, so
 * it can't forge a request that is authorized by a cookie.
 */
function checkType({ headers }: Request): void {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  const charsets = parameters.map((parameter) => parameter.trim()).filter((p) => p.startsWith('charset='));
  const isUtf8 = charsets.every((charset) => /^charset="?utf-8"?$/.test(charset));
  if (type.trim() !== 'application/json' || !isUtf8) {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', contentTypeUnsupported());
  }
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', contentEncodingUnsupported());
  }
}

async function readText({ headers, body }: Request, limit: number): Promise<string> {
  if (Number(headers.get('content-length')) > limit) throw tooLarge(limit);
  if (body === null) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = body.getReader();
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await next(reader);
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > limit) throw tooLarge(limit);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // What is left isn't wanted; that it can't be cancelled either changes nothing.
    await reader.cancel().catch(() => {});
    throw error instanceof Refusal ? error : malformed(bodyNotUtf8());
  }
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch {
    throw malformed(bodyIncomplete());
  }
}

const tooLarge = (limit: number): Refusal => new Refusal(413, 'BODY_TOO_LARGE', bodyTooLarge(limit));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may be secret and must not be logged.
    throw malformed(bodyNotJson());
  }
}

/**
 * JSON makes `__proto__` an ordinary property, which becomes a prototype when it is copied with `=`; so does a merge of
 * `constructor.prototype`. They are refused, since the use of the value in a durable function isn't known.
 */
function check(root: object): void {
  const open: { readonly value: object; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value, depth } = item;
    if (depth > MAX_DEPTH) throw malformed(bodyTooDeep(MAX_DEPTH));
    for (const [name, child] of Object.entries(value) as [string, unknown][]) {
      const isObject = typeof child === 'object' && child !== null;
      if (name === '__proto__' || (name === 'constructor' && isObject && Object.hasOwn(child, 'prototype'))) {
        throw malformed(bodyFieldDangerous(name));
      }
      if (isObject) open.push({ value: child, depth: depth + 1 });
    }
  }
}
