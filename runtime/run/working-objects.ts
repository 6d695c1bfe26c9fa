/**
 * Return values of un-awaited calls that are at work: they show it, or they contain promises. A replay repeats such a call if
 * not all uses of the object are recorded. So an object that the code uses in several ways is refused.
 */

import { types } from 'node:util';
import { MisuseError } from '../base/errors.ts';
import {
  memberOfStepPromise,
  promiseOfUnrecordedCall,
  workingObjectUsedTwice,
} from '../base/messages/steps.ts';
import { state } from '../base/process-state.ts';
import { isWorkflowPromise } from './workflow-promises.ts';

/** Promises in objects that calls outside of steps have returned, and the keys of these calls. */
const { held } = state;

/** At most this many parts of an object or list are checked. */
const PARTS = 200;

/** What an object holds as data, or undefined in the place of what a getter would give: to call that may do anything. */
export const dataIn = (value: object): readonly unknown[] =>
  types.isProxy(value)
    ? []
    : Object.values(Object.getOwnPropertyDescriptors(value)).flatMap((part) =>
        part.enumerable ? [part.value] : [],
      );

const is = (value: object, key: string): boolean => typeof Reflect.get(value, key) === 'function';

/** What can be killed is a process; what can be gone over and aborted is the answer to a request that was sent. */
const isAtWork = (value: object): boolean =>
  is(value, 'kill') ||
  (Symbol.asyncIterator in value &&
    (is(value, 'abort') || dataIn(value).some((part) => part instanceof AbortController)));

/** Whether the purpose of an object or a list is to hold promises. An instance may have one among its other members. */
function holdsPromises(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false;
  return promisesIn(value).length > 0;
}

/** Whether the return value of a call, other than a thenable, shows that repeating the call would repeat an effect. */
export const showsWork = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && (isAtWork(result) || holdsPromises(result));

/**
 * @param passed to code elsewhere, as a whole
 * @throws MisuseError if the return value of a call is used in several ways, and shows that it is at work
 */
export function checkUsedOnce(key: string, result: unknown, passed: boolean): void {
  if (typeof result !== 'object' || result === null) return;
  if (isAtWork(result) || (passed && holdsPromises(result))) throw usedTwice(key);
}

const usedTwice = (key: string): MisuseError => new MisuseError(workingObjectUsedTwice(key));

/** Registers the promises in the return value of a call outside of steps, except those that the code settles itself. */
export function noteHeld(key: string, result: unknown): void {
  if (typeof result !== 'object' || result === null || types.isProxy(result)) return;
  for (const [member, promise] of promisesIn(result)) held.set(promise, { key, member });
}

function promisesIn(value: object): [member: string, promise: Promise<unknown>][] {
  const parts = Object.entries(Object.getOwnPropertyDescriptors(value)).slice(0, PARTS);
  if (parts.some(([name, part]) => name === 'resolve' && typeof part.value === 'function')) return [];
  return parts.flatMap(([name, { value: part }]) =>
    types.isPromise(part) && !isWorkflowPromise(part) ? [[name, part] as [string, Promise<unknown>]] : [],
  );
}

/** @throws MisuseError for a promise out of such an object, of which nothing would be recorded */
export function checkHeld(value: unknown): void {
  if (!types.isPromise(value)) return;
  const place = held.get(value);
  if (place === undefined) return;
  const { key, member } = place;
  throw new MisuseError(promiseOfUnrecordedCall(member, key, /^\d+$/.test(member) ? 'value' : member));
}

/**
 * The promise of a step, which replaces the promise that the call returned. Members of the latter that the function uses are
 * refused.
 */
export function withoutMembers<T extends object>(key: string, promise: T): T {
  const own = Object.getPrototypeOf(promise) as object;
  const guard = new Proxy(own, {
    get(target, name, receiver) {
      if (typeof name === 'string' && !(name in target)) throw onlyAwaited(key, name);
      return Reflect.get(target, name, receiver);
    },
  });
  return Object.setPrototypeOf(promise, guard) as T;
}

const onlyAwaited = (key: string, name: string): MisuseError =>
  new MisuseError(memberOfStepPromise(name, key));
