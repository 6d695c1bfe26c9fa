/**
 * The parts of instances of unknown classes that are kept in errors: their data, without their classes. Live objects are left
 * out: sockets, streams, requests, agents, signals.
 */
import { types } from 'node:util';
import { isAlive, isEmitter } from './alive.ts';
import { symbolName } from './layout.ts';
import type { Key } from './own.ts';

/** The kind of value that replaces such an instance. */
export type Stand = 'Object' | 'Array' | 'Map' | 'Set' | 'Date';

/** What people ask a response for, and Node's has on its prototype. */
const OF_RESPONSES = [
  ...['status', 'statusCode', 'statusText', 'statusMessage', 'headers', 'trailers', 'ok', 'url'],
];
const OF_REQUESTS = ['method', 'path', 'host', 'protocol', 'url'];

/**
 * @param onError whether it is a property of the error itself. Code tests `if (e.request)`, so an empty object replaces a
 * request
 * @returns undefined for values that are left out
 */
export function standFor(value: object, onError = false): Stand | undefined {
  if (Array.isArray(value)) return 'Array';
  if (types.isMap(value)) return 'Map';
  if (types.isSet(value)) return 'Set';
  if (types.isDate(value)) return 'Date';
  if (onError && isEmitter(value)) return 'Object';
  return isAlive(value) && !isResponseLike(value) ? undefined : 'Object';
}

/**
 * The keys of the data of an instance: own and enumerable properties, and accessors of its class.
 *
 * @param accessors whether accessors of the class are included, as for properties of the error itself: `e.options.method`
 */
export function dataKeys(value: object, accessors: boolean): readonly Key[] {
  const own = Reflect.ownKeys(value).filter(
    (key) =>
      Object.prototype.propertyIsEnumerable.call(value, key) &&
      (typeof key === 'string' || symbolName(key) !== undefined),
  );
  if (!isAlive(value)) {
    const more = accessors ? accessorsOf(value) : [];
    // Data that accessors show is stored under names with an underscore.
    const shown = more.length === 0 ? own : own.filter((key) => !String(key).startsWith('_'));
    return [...new Set([...shown, ...more])];
  }
  if (!isResponseLike(value)) return OF_REQUESTS.filter((key) => typeof Reflect.get(value, key) === 'string');
  const data = own.filter((key) => typeof key === 'string' && !key.startsWith('_'));
  return [...new Set([...data, ...OF_RESPONSES.filter((key) => key in value)])];
}

function accessorsOf(value: object): readonly string[] {
  const names: string[] = [];
  let prototype: object | null = Object.getPrototypeOf(value);
  while (prototype !== null && prototype !== Object.prototype) {
    for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (get !== undefined && key !== '__proto__' && !key.startsWith('_')) names.push(key);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return names;
}

/** `IncomingMessage` and its equivalents in HTTP clients: a stream whose status is data. */
const isResponseLike = (value: object): boolean =>
  typeof (Reflect.get(value, 'statusCode') ?? Reflect.get(value, 'status')) === 'number' &&
  typeof Reflect.get(value, 'headers') === 'object';
