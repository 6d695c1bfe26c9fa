import { nameClasses } from '../base/shared-classes.ts';
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

nameClasses({ Callee });

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

/** What a callee is called in the message of an error. */
export const shownName = (id: string, definition?: Definition): string =>
  definition?.meta.texts?.[id] ?? id.replace(/#\d+$/, '');

/** @throws TypeError as a call of a value that is no function does */
export function assertFunction(id: string, fn: unknown, definition?: Definition): asserts fn is AnyFunction {
  if (typeof fn !== 'function') throw new TypeError(`${shownName(id, definition)} is not a function`);
}

/** The parameter that stands for the head of a chain in compiled code. */
const OUR_NAME = /(?<![\w$])\$head\d*(?![\w$])/;

/** Calls what a chain does with the result of its head. A TypeError about that result has our name of it: it gets V8's. */
export function callLink(link: (head: unknown) => unknown, head: unknown, name: string): unknown {
  try {
    return link(head);
  } catch (error) {
    if (error instanceof TypeError && OUR_NAME.test(error.message)) {
      const rename = (text: string): string => text.replace(OUR_NAME, () => `${name}(...)`);
      const { stack } = error;
      error.message = rename(error.message);
      if (stack !== undefined) error.stack = rename(stack);
    }
    throw error;
  }
}

/**
 * What a call is, known before it is made:
 * - `inline`: workflow code, called as it stands;
 * - a definition: a durable function, which gets a scope of its own;
 * - `foreign`: everything else; its outcome is recorded.
 */
export function classify(fn: AnyFunction, receiver: unknown): 'inline' | 'foreign' | Definition {
  // What is left of them are calls that the language refuses.
  if (fn === functionCall || fn === functionApply || fn === reflectApply) return 'inline';
  if (isMarked(fn) || isIntrinsic(fn)) return 'inline';
  const definition = definitionOf(fn);
  if (definition !== undefined) return definition;
  return generatorMethods.has(fn) && isMarkedIterator(receiver) ? 'inline' : 'foreign';
}

const { call: functionCall, apply: functionApply } = Function.prototype;
const { apply: reflectApply } = Reflect;

/** What a call stands for: `f.call(self, x)`, `f.apply(self, xs)` and `Reflect.apply(f, self, xs)` are calls of `f`. */
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
