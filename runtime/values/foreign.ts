/**
 * What is carried inside of an error of instances of classes that nobody made known: their data, without what makes them
 * instances. Not of those that are live: sockets, streams, requests, agents, signals.
 */
import { types } from 'node:util';
import { isAlive, isEmitter } from './alive.ts';
import { symbolName } from './layout.ts';
import type { Key } from './own.ts';

/** What stands for such an instance: a value of one of these kinds. */
export type Stand = 'Object' | 'Array' | 'Map' | 'Set' | 'Date';

/** What people ask a response for, and Node's has on its prototype. */
const OF_RESPONSES = [
  ...['status', 'statusCode', 'statusText', 'statusMessage', 'headers', 'trailers', 'ok', 'url'],
];
const OF_REQUESTS = ['method', 'path', 'host', 'protocol', 'url'];

/**
 * @param onError whether it is right on an error; code asks `if (e.request)`, so an empty object stands for a request
 * @returns undefined for what is left out
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
 * The keys of the data of an instance, own and enumerable, or those of accessors of its class.
 *
 * @param accessors whether those of the class are asked too, as for what is right on the error: `e.options.method`
 */
export function dataKeys(value: object, accessors: boolean): readonly Key[] {
  const own = Reflect.ownKeys(value).filter(
    (key) =>
      Object.prototype.propertyIsEnumerable.call(value, key) &&
      (typeof key === 'string' || symbolName(key) !== undefined),
  );
  if (!isAlive(value)) {
    const more = accessors ? accessorsOf(value) : [];
    // What accessors show lies under names with an underscore.
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

/** `IncomingMessage` and what stands for it in HTTP clients: a stream, but one that people ask for its status. */
const isResponseLike = (value: object): boolean =>
  typeof (Reflect.get(value, 'statusCode') ?? Reflect.get(value, 'status')) === 'number' &&
  typeof Reflect.get(value, 'headers') === 'object';
