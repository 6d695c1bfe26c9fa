import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { isNative } from './classes.ts';

const has = (value: object, key: string): boolean => typeof Reflect.get(value, key) === 'function';

export const isEmitter = (value: object): boolean =>
  value instanceof EventEmitter ||
  value instanceof EventTarget ||
  (has(value, 'on') && has(value, 'emit')) ||
  (has(value, 'addEventListener') && has(value, 'dispatchEvent'));

/**
 * Whether an object is an answer of Node's HTTP that has been read to its end, and has its body beside it, as those of got: a
 * stream that has nothing more to give.
 */
export const isReadAnswer = (value: object): boolean =>
  typeof Reflect.get(value, 'statusCode') === 'number' &&
  Object.hasOwn(value, 'body') &&
  Reflect.get(value, 'readableEnded') === true;

/**
 * Whether an object is more than its data: it waits for something, is the end of a connection, has a position, must be
 * closed, or is one of the language's or of Node's whose contents are no properties. In results of steps and in errors alike.
 */
export function isAlive(value: object): boolean {
  if (isEmitter(value) || types.isExternal(value)) return true;
  if (['then', 'next', 'pipe', 'getReader', 'unref'].some((key) => has(value, key))) return true;
  if (Symbol.asyncIterator in value || Symbol.asyncDispose in value || Symbol.dispose in value) return true;
  for (let at: object | null = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    if (at === Object.prototype) return false;
    const cls: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof cls === 'function' && (isNative(cls) || Reflect.get(globalThis, cls.name) === cls))
      return true;
  }
  return false;
}
