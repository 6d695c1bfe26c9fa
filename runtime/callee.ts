import { type AnyFunction, type Definition, definitionOf } from './definitions.ts';
import { isIntrinsic } from './intrinsics.ts';
import { isMarked, isMarkedIterator } from './marks.ts';

/** What a chain of calls begins with: a function with its `this`, looked up before the arguments are evaluated. */
export class Callee {
  readonly fn: unknown;
  readonly receiver: unknown;

  constructor(fn: unknown, receiver: unknown) {
    this.fn = fn;
    this.receiver = receiver;
  }
}

/** `receiver[key]`, read now, with JavaScript's own TypeError where the receiver is null or undefined. */
export const ref = (receiver: unknown, key: PropertyKey): Callee =>
  new Callee((receiver as Record<PropertyKey, unknown>)[key], receiver);

/** What of an optional call may be missing: `o?.m()`, `o.m?.()`, `o?.m?.()`. */
export type Missing = 'receiver' | 'function' | 'both';

/** The method of an optional call, read once; undefined where the call is cut short. */
export function present(receiver: unknown, key: PropertyKey, missing: Missing): Callee | undefined {
  if (missing !== 'function' && (receiver === null || receiver === undefined)) return undefined;
  const callee = ref(receiver, key);
  return missing !== 'receiver' && (callee.fn === null || callee.fn === undefined) ? undefined : callee;
}

/** A function called with this `this`. */
export const bound = (fn: unknown, thisArg: unknown): Callee => new Callee(fn, thisArg);

/** @throws TypeError as a call of a value that is no function does */
export function assertFunction(id: string, fn: unknown): asserts fn is AnyFunction {
  if (typeof fn !== 'function') throw new TypeError(`${id.replace(/#\d+$/, '')} is not a function`);
}

/**
 * What a call is, known before it is made:
 * - `inline`: workflow code, called as it stands;
 * - a definition: a durable function, which gets a scope of its own;
 * - `foreign`: everything else; its outcome is recorded.
 */
export function classify(fn: AnyFunction, receiver: unknown): 'inline' | 'foreign' | Definition {
  if (fn === functionCall || fn === functionApply) {
    return typeof receiver === 'function' ? classify(receiver as AnyFunction, undefined) : 'inline';
  }
  if (isMarked(fn) || isIntrinsic(fn)) return 'inline';
  const definition = definitionOf(fn);
  if (definition !== undefined) return definition;
  return generatorMethods.has(fn) && isMarkedIterator(receiver) ? 'inline' : 'foreign';
}

const { call: functionCall, apply: functionApply } = Function.prototype;

const asyncGenerator = Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())) as object;
const generatorMethods = new Set<unknown>(
  ['next', 'return', 'throw', Symbol.asyncDispose].map((name) => Reflect.get(asyncGenerator, name)),
);

const promiseMethods = new Set<unknown>([
  Promise.prototype.then,
  Promise.prototype.catch,
  Promise.prototype.finally,
]);

/** True for `then`, `catch` and `finally`: they are workflow code, but the callbacks they are given need not be. */
export const takesCallbacks = (fn: unknown): boolean => promiseMethods.has(fn);
