/** What the result of a call that is not awaited makes of the call: a step, a recreated object, or workflow code. */

import { types } from 'node:util';
import { type MadeKind, originalOf } from '../run/recreated-objects.ts';
import type { StepArguments } from '../run/step-arguments.ts';
import { isForeignPromise, isForeignThenable } from '../run/thenables.ts';
import { dataIn, showsWork } from '../run/working-objects.ts';
import { type Beginning, isHanded, isOfHandle } from './beginning.ts';

/** The promise that makes the call a step; undefined if the result is no promise, or must stay the object that it is. */
export function promiseOf(result: unknown, beginning: Beginning): Promise<unknown> | undefined {
  if (types.isPromise(result)) return isTaken(result, beginning) ? result : undefined;
  // Its work has begun already: to await it starts nothing.
  const waits = beginning !== 'object' && !isOfHandle(beginning) && isForeignPromise(result);
  return waits ? Promise.resolve(result) : undefined;
}

/** Whether the promise of a step may replace a native promise: its members are not used, and to await it starts nothing. */
function isTaken(promise: Promise<unknown>, beginning: Beginning): boolean {
  if (beginning === 'start') return true;
  if (promise.then !== Promise.prototype.then) return false;
  return ['maybe', 'handed', 'passed', 'used'].includes(beginning) || Reflect.ownKeys(promise).length === 0;
}

/** Whether a result may be doing work, so that a replay must not repeat the call while all of its outcomes are recorded. */
export const mayBeAtWork = (result: unknown, beginning: Beginning): boolean =>
  types.isPromise(result) ||
  isForeignThenable(result) ||
  (isOfHandle(beginning) && hasMethods(result)) ||
  (beginning === 'handed' && showsWork(result));

/** The kind of proxy that a replay uses for such a result. */
export const kindOf = (beginning: Beginning): MadeKind =>
  isOfHandle(beginning) ? 'handle' : isHanded(beginning) ? 'whole' : 'thenable';

/** Whether the arguments of a call are or contain functions. */
export const mayCallBack = ({ args }: StepArguments): boolean =>
  args.some(
    (arg) =>
      typeof arg === 'function' ||
      (typeof arg === 'object' && arg !== null && dataIn(arg).some((part) => typeof part === 'function')),
  );

/**
 * Whether the result continues a thenable: the call is a method of it, or returned one of its arguments. Query builders do
 * that. A replay repeats the call in its place, because it may change the thenable.
 */
export const isBuiltOn = (result: unknown, { args, receiver }: StepArguments): boolean =>
  isForeignThenable(receiver) || [receiver, ...args].some((value) => originalOf(value) === result);

/** Whether a value is an instance of a class, or has functions, promises or getters as members. */
function hasMethods(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  return !isPlain || hasGetters(value) || dataIn(value).some(isActive);
}

/** The value of a getter may be a promise. */
const hasGetters = (value: object): boolean =>
  !types.isProxy(value) &&
  Object.values(Object.getOwnPropertyDescriptors(value)).some(({ get }) => get !== undefined);

const isActive = (member: unknown): boolean => typeof member === 'function' || types.isPromise(member);
