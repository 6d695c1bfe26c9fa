/** What a part of a value is to the codec. */
import { Buffer } from 'node:buffer';
import { defaultStringifyOperations } from 'devalue';
import { type ClassEntry, type ClassScope, findByInstance } from './classes.ts';
import { isError } from './errors.ts';
import { isHeaders, isRequest, isResponse } from './http.ts';

export type Kind =
  | 'object'
  | 'array'
  /** Of a class with its own encode. */
  | 'custom'
  | 'error'
  /** Of a known class. */
  | 'instance'
  | 'buffer'
  | 'headers'
  | 'response'
  | 'request'
  /** Of a class of the language that devalue carries. */
  | 'builtin'
  /** Nobody's. */
  | 'foreign';

const TAGS = [
  ...['Map', 'Set', 'Date', 'RegExp', 'URL', 'URLSearchParams', 'Number', 'String', 'Boolean', 'BigInt'],
  ...['ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array'],
  ...['Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array'],
  ...['BigUint64Array', 'Temporal.Duration', 'Temporal.Instant', 'Temporal.PlainDate', 'Temporal.PlainTime'],
  ...[
    'Temporal.PlainDateTime',
    'Temporal.PlainMonthDay',
    'Temporal.PlainYearMonth',
    'Temporal.ZonedDateTime',
  ],
];
const BUILTIN: ReadonlySet<string> = new Set(TAGS);

/** The tags by the prototypes that this process has: nearly all such values are of these. */
const NATIVE: ReadonlyMap<object, string> = new Map(
  TAGS.flatMap((tag) => {
    const cls: unknown = Reflect.get(globalThis, tag);
    return typeof cls === 'function' ? [[cls.prototype as object, tag] as const] : [];
  }),
);

type Known = readonly [kind: Kind, entry?: ClassEntry | undefined];
const OBJECT: Known = ['object'];
const ARRAY: Known = ['array'];
const OF_LANGUAGE: Known = ['builtin'];

/** What devalue would take a value for; `refused` for instances of classes, since it goes by the tag alone. */
export function tagOf(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return 'Object';
  const native = NATIVE.get(prototype);
  if (native !== undefined) return native;
  const tag = defaultStringifyOperations.tagOf(value);
  const own = tag.startsWith('Temporal.') ? tag.slice('Temporal.'.length) : tag;
  // A test that fakes timers puts a class of another name in the place of Date.
  const known = prototype.constructor?.name === own || (own === 'Date' && prototype === Date.prototype);
  return known ? tag : 'refused';
}

/** The kind, with the class for instances of known ones. */
export function kindOf(value: object, classes?: ClassScope): Known {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return OBJECT;
  if (prototype === Array.prototype) return ARRAY;
  if (NATIVE.has(prototype)) return OF_LANGUAGE;
  const entry = findByInstance(value, classes);
  if (entry?.encode !== undefined) return ['custom', entry];
  if (isError(value)) return ['error', entry];
  if (entry !== undefined) return ['instance', entry];
  if (Buffer.isBuffer(value)) return ['buffer'];
  if (isHeaders(value)) return ['headers'];
  if (isResponse(value)) return ['response'];
  if (isRequest(value)) return ['request'];
  const tag = tagOf(value);
  if (BUILTIN.has(tag)) return OF_LANGUAGE;
  // Plain objects and arrays of another realm.
  if (tag === 'Array') return ARRAY;
  const plain = tag === 'Object' && defaultStringifyOperations.shapeOf(value).kind !== 'not-plain';
  return [plain ? 'object' : 'foreign'];
}

/** Nearly all plain objects: devalue needs no help with them. */
export const isUsualObject = (value: object): boolean =>
  Object.isExtensible(value) &&
  Object.getOwnPropertySymbols(value).length === 0 &&
  Object.getOwnPropertyNames(value).length === Object.keys(value).length &&
  !Object.hasOwn(value, '__proto__');
