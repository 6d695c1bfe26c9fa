import { calleeIn } from '../base/keys.ts';
import { calleeNoFunction } from '../base/messages/steps.ts';
import { nameClasses } from '../base/shared-classes.ts';
import type { AnyFunction, Definition } from './definition.ts';

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
  definition?.meta.texts?.[id] ?? calleeIn(id);

/** @throws TypeError as a call of a value that is no function does */
export function assertFunction(id: string, fn: unknown, definition?: Definition): asserts fn is AnyFunction {
  if (typeof fn !== 'function') throw new TypeError(calleeNoFunction(shownName(id, definition)));
}

/** The parameter for the head of a chain in compiled code. */
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
