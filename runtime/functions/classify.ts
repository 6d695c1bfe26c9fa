/**
 * The rule that tells steps from workflow code. It is applied to a function when it is called, so it holds whatever name the
 * function has in the source.
 *
 * 1. A call by way of `call`, `apply` or `Reflect.apply` is a call of the function behind it (`calledBy`).
 * 2. Functions that are written in a durable function (marked by compiled code), and functions of the language that only
 *    compute or call back (`intrinsics.ts`), are workflow code: they are called as they are, and again by each replay.
 * 3. A durable function is workflow code with a scope of its own.
 * 4. `next`, `return` and `throw` of a generator that is written in a durable function are workflow code.
 * 5. All other functions are foreign: a call that is awaited is a step. Its outcome is recorded, and a replay does not call it.
 */
import type { AnyFunction, Definition } from './definition.ts';
import { definitionOf } from './definitions.ts';
import { isIntrinsic } from './intrinsics.ts';
import { isMarked, isMarkedIterator } from './marks.ts';

export function classify(fn: AnyFunction, receiver: unknown): 'inline' | 'foreign' | Definition {
  // `calledBy` has found no function to call: the language refuses such a call.
  if (fn === functionCall || fn === functionApply || fn === reflectApply) return 'inline';
  if (isMarked(fn) || isIntrinsic(fn)) return 'inline';
  const definition = definitionOf(fn);
  if (definition !== undefined) return definition;
  return generatorMethods.has(fn) && isMarkedIterator(receiver) ? 'inline' : 'foreign';
}

const { call: functionCall, apply: functionApply } = Function.prototype;
const { apply: reflectApply } = Reflect;

/** The target of an indirect call: `f.call(self, x)`, `f.apply(self, xs)` and `Reflect.apply(f, self, xs)` are calls of `f`. */
export interface Called {
  readonly fn: unknown;
  readonly receiver: unknown;
  readonly args: readonly unknown[];
}

/** What is called by way of another function; undefined for any other call, and for one that the language refuses. */
export function calledBy(fn: unknown, receiver: unknown, args: readonly unknown[]): Called | undefined {
  if (fn === functionCall) {
    return typeof receiver === 'function'
      ? { fn: receiver, receiver: args[0], args: args.slice(1) }
      : undefined;
  }
  if (fn === functionApply) return applied(receiver, args[0], args[1] ?? []);
  if (fn === reflectApply) return applied(args[0], args[1], args[2]);
  return undefined;
}

const applied = (fn: unknown, receiver: unknown, list: unknown): Called | undefined =>
  typeof fn === 'function' && typeof list === 'object' && list !== null
    ? { fn, receiver, args: Array.from(list as ArrayLike<unknown>) }
    : undefined;

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
