/**
 * Functions and objects of packages that call closures in some order and do nothing else (p-limit, p-map, p-queue, ...).
 * They run in the workflow: the compiler knows their names, and what they made is known from then on, however it is
 * passed around.
 */

import { MisuseError } from '../base/errors.ts';
import {
  schedulerGivenCallback,
  schedulerGivenThenable,
  schedulerOfAnotherRun,
  schedulerWithTimer,
} from '../base/messages/steps.ts';
import { state } from '../base/process-state.ts';
import { type Missing, present } from '../functions/callee.ts';
import type { AnyFunction } from '../functions/definition.ts';
import { isMarkedIterator } from '../functions/marks.ts';
import { currentContext, within } from '../run/context.ts';
import type { Run } from '../run/run.ts';
import { isForeignThenable } from '../run/thenables.ts';
import { checkHeld } from '../run/working-objects.ts';

/** Results of schedulers that schedule closures too, and their runs. */
const made = state.schedulers as WeakMap<object, Run>;

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/**
 * Whether a function, or its receiver, schedules the closures of this run.
 *
 * @throws MisuseError if it was made by another run, which it would wait for
 */
export function isScheduler(run: Run, ...values: readonly unknown[]): boolean {
  return values.some((value) => {
    const maker = isObject(value) ? made.get(value) : undefined;
    if (maker === undefined || maker === run) return maker !== undefined;
    throw new MisuseError(schedulerOfAnotherRun());
  });
}

/** Registers the result of a scheduler if it can be a scheduler itself: a function or an instance, but not a promise. */
export function rememberScheduler<T>(run: Run, value: T): T {
  if (!isObject(value) || Array.isArray(value)) return value;
  if (typeof value === 'object') {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype || 'then' in value) return value;
  }
  if (!made.has(value)) made.set(value, run);
  return value;
}

/** The scope in which a scheduler calls its closures. */
interface ScheduleCalls {
  schedule(id: string, fn: unknown, receiver: unknown, args: readonly unknown[]): unknown;
  made<T>(value: T): T;
}

/** The calls of a scope that run in the workflow, and call back what they are given: `$.scheduler.call("pMap", pMap)(xs, f)`. */
export class Scheduling {
  readonly #host: ScheduleCalls;

  constructor(host: ScheduleCalls) {
    this.#host = host;
  }

  call(id: string, fn: unknown, receiver?: unknown): AnyFunction {
    return (...args) => this.#host.schedule(id, fn, receiver, args);
  }

  method(id: string, receiver: unknown, key: PropertyKey): AnyFunction {
    return this.call(id, (receiver as Record<PropertyKey, unknown>)[key], receiver);
  }

  optional(id: string, fn: unknown): AnyFunction | undefined {
    return fn === null || fn === undefined ? undefined : this.call(id, fn);
  }

  optionalMethod(id: string, receiver: unknown, key: PropertyKey, missing: Missing): AnyFunction | undefined {
    const callee = present(receiver, key, missing);
    return callee && this.call(id, callee.fn, receiver);
  }

  /** A scheduler that was made with `new`. */
  made<T>(value: T): T {
    return this.#host.made(value);
  }
}

/** What is done with the arguments of a scheduler. */
interface Handing {
  /** A function that it may call. */
  fn(fn: AnyFunction): AnyFunction;
  /** An asynchronous iterable. */
  iterable(value: unknown): unknown;
}

/**
 * The arguments of a scheduler, with each function that it may call replaced: those themselves, and those in lists and objects.
 *
 * @throws MisuseError for what it would wait for without anything being recorded
 */
export function handedTo(id: string, args: readonly unknown[], handing: Handing): unknown[] {
  return args.map((arg) => {
    if (typeof arg === 'function') return handing.fn(arg as AnyFunction);
    if (typeof arg !== 'object' || arg === null) return arg;
    if (Array.isArray(arg)) return replaced(arg) ? arg.map(one) : arg;
    if (arg instanceof Set) return replaced([...arg]) ? new Set([...arg].map(one)) : arg;
    if (arg instanceof Map)
      return replaced([...arg.values()]) ? new Map([...arg].map(([key, value]) => [key, one(value)])) : arg;
    if (Symbol.asyncIterator in arg) return handing.iterable(arg);
    if (isMarkedIterator(arg) || isIterator(arg)) return each(arg as Iterable<unknown>);
    const prototype: unknown = Object.getPrototypeOf(arg);
    if (prototype !== null && prototype !== Object.prototype) return arg;
    if (!replaced(Object.values(arg))) return arg;
    return Object.fromEntries(Object.entries(arg).map(([key, value]) => [key, one(value)]));
  });

  function one(value: unknown): unknown {
    checkHeld(value);
    if (isForeignThenable(value)) throw unrecorded(id);
    return typeof value === 'function' ? handing.fn(value as AnyFunction) : value;
  }

  function replaced(values: readonly unknown[]): boolean {
    return values.some((value) => {
      checkHeld(value);
      return typeof value === 'function' || isForeignThenable(value);
    });
  }

  function* each(values: Iterable<unknown>): Iterable<unknown> {
    for (const value of values) yield one(value);
  }
}

const isIterator = (value: object): boolean =>
  Symbol.iterator in value && typeof Reflect.get(value, 'next') === 'function';

const unrecorded = (id: string): MisuseError => new MisuseError(schedulerGivenThenable(id));

const inBodies = state.inBodies as WeakMap<AnyFunction, AnyFunction>;

/**
 * A function of the workflow that is workflow code for all callers: a queue may start the next function when a step has ended
 * that used the queue as well.
 */
export function inBody(fn: AnyFunction): AnyFunction {
  const known = inBodies.get(fn);
  if (known !== undefined) return known;
  const context = currentContext();
  const bound = function (this: unknown, ...args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(fn, this, args);
    return context === undefined || currentContext() === context ? call() : within(context, call);
  };
  const kind: unknown = Reflect.get(fn, Symbol.toStringTag);
  // Some packages decide by it whether a function takes a callback or returns a promise.
  if (kind !== undefined) Object.defineProperty(bound, Symbol.toStringTag, { value: kind });
  inBodies.set(fn, bound);
  return bound;
}

/**
 * @param fn a function from outside of the workflow, which a scheduler calls with these arguments
 * @throws MisuseError if it takes a callback: only functions that return a promise can be steps
 */
export function checkCallback(id: string, fn: AnyFunction, args: readonly unknown[]): void {
  if (typeof args.at(-1) !== 'function' || Reflect.get(fn, Symbol.toStringTag) === 'AsyncFunction') return;
  throw new MisuseError(schedulerGivenCallback(id, fn.name));
}

/** @throws MisuseError where a scheduler would use a timer, which a replay would start again */
export function checkTimers(id: string, fn: AnyFunction, receiver: unknown, args: readonly unknown[]): void {
  const isTimed = /timeout|interval|delay/i.test(fn.name);
  const holder: unknown = isObject(receiver) ? Reflect.get(receiver, 'timeout') : undefined;
  const options = /^add(All)?$/.test(fn.name) ? args[1] : undefined;
  const timeout = isObject(options) ? Reflect.get(options, 'timeout') : undefined;
  if (!isTimed && timeout === undefined && typeof holder !== 'number') return;
  throw new MisuseError(schedulerWithTimer(id));
}
