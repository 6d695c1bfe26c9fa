import { setTimeout as plainDelay } from 'node:timers/promises';
import { type Duration, parseDuration } from '../base/durations.ts';
import { assertFunction, Callee, callLink, type Missing, present, shownName } from '../functions/callee.ts';
import type { AnyFunction, Definition } from '../functions/definition.ts';
import type { CombinatorKind, DurableScope, Executor, ReadPath } from '../functions/durable-scope.ts';
import { primitiveOf } from '../functions/primitive-tags.ts';
import { notInsideStep } from '../run/inside-step.ts';
import { readAt } from '../run/outside-promises.ts';
import { StartedCalls } from './begun-calls.ts';
import { Scheduling } from './closure-schedulers.ts';
import { combine } from './combinators.ts';
import { notIterable } from './iteration.ts';
import { plainBuiltin } from './plain-builtins.ts';
import type { SleepOptions } from './sleep-options.ts';

/**
 * The scope of compiled code that is not workflow code: a closure that is called inside a step, or a function that a test
 * executes as plain code. Every call goes straight through, without a microtask of its own.
 */
class PassThrough implements DurableScope {
  /** Inside a step, durable waits are errors. In a plain function they are ordinary waits. */
  readonly #inStep: boolean;

  /** Has the names of callees for errors. */
  readonly #definition: Definition | undefined;

  constructor(inStep: boolean, definition?: Definition) {
    this.#inStep = inStep;
    this.#definition = definition;
  }

  call(id: string, fn: unknown, thisArg?: unknown): AnyFunction {
    return (...args) => {
      assertFunction(id, fn, this.#definition);
      return Reflect.apply(fn, thisArg, args);
    };
  }

  method(id: string, receiver: unknown, key: PropertyKey): AnyFunction {
    return this.call(id, (receiver as Record<PropertyKey, unknown>)[key], receiver);
  }

  optional(id: string, fn: unknown, thisArg?: unknown): AnyFunction | undefined {
    return fn === null || fn === undefined ? undefined : this.call(id, fn, thisArg);
  }

  optionalMethod(id: string, receiver: unknown, key: PropertyKey, missing: Missing): AnyFunction | undefined {
    const callee = present(receiver, key, missing);
    return callee && this.call(id, callee.fn, receiver);
  }

  start(id: string, fn: unknown, thisArg?: unknown): AnyFunction {
    return this.call(id, fn, thisArg);
  }

  startMethod(id: string, receiver: unknown, key: PropertyKey): AnyFunction {
    return this.method(id, receiver, key);
  }

  startOptional(id: string, fn: unknown, thisArg?: unknown): AnyFunction | undefined {
    return this.optional(id, fn, thisArg);
  }

  startOptionalMethod(
    id: string,
    receiver: unknown,
    key: PropertyKey,
    missing: Missing,
  ): AnyFunction | undefined {
    return this.optionalMethod(id, receiver, key, missing);
  }

  chain(id: string, callee: unknown, args: readonly unknown[], link: (head: unknown) => unknown): unknown {
    const { fn, receiver } = callee instanceof Callee ? callee : new Callee(callee, undefined);
    assertFunction(id, fn, this.#definition);
    return callLink(link, Reflect.apply(fn, receiver, args), shownName(id, this.#definition));
  }

  optionalChain(
    id: string,
    callee: unknown,
  ): ((args: readonly unknown[], link: (head: unknown) => unknown) => unknown) | undefined {
    return callee === undefined ? undefined : (args, link) => this.chain(id, callee, args, link);
  }

  startOptionalChain(
    id: string,
    callee: unknown,
  ): ((args: readonly unknown[], link: (head: unknown) => unknown) => unknown) | undefined {
    return this.optionalChain(id, callee);
  }

  startChain(
    id: string,
    callee: unknown,
    args: readonly unknown[],
    link: (head: unknown) => unknown,
  ): unknown {
    return this.chain(id, callee, args, link);
  }

  get maybe(): StartedCalls {
    return this.#calls;
  }

  get used(): StartedCalls {
    return this.#calls;
  }

  get handed(): StartedCalls {
    return this.#calls;
  }

  get passed(): StartedCalls {
    return this.#calls;
  }

  get object(): StartedCalls {
    return this.#calls;
  }

  get handle(): StartedCalls {
    return this.#calls;
  }

  get scheduler(): Scheduling {
    return new Scheduling({
      schedule: (id, fn, receiver, args) => this.call(id, fn, receiver)(...args),
      made: (value) => value,
    });
  }

  get shared(): StartedCalls {
    return this.#calls;
  }

  /** All ways to begin a call are the same here. */
  get #calls(): StartedCalls {
    const begin = (id: string, fn: unknown, thisArg: unknown): AnyFunction => this.call(id, fn, thisArg);
    return new StartedCalls(
      {
        begin,
        callback: (_, fn) => fn,
        beginChain: (id, callee, args, link) => this.chain(id, callee, args, link),
      },
      'start',
    );
  }

  callback(_id: string, fn: unknown): unknown {
    return fn;
  }

  read(_id: string, root: () => unknown, path?: ReadPath): unknown {
    return readAt(root, path);
  }

  startRead(_id: string, root: () => unknown, path?: ReadPath): unknown {
    return readAt(root, path);
  }

  local(_id: string, value: unknown): unknown {
    return value;
  }

  given(_id: string, value: unknown): unknown {
    return value;
  }

  foreign<T>(promise: T): T {
    return promise;
  }

  changes(_name: string): void {}

  uses(): DurableScope {
    return this;
  }

  open(_id: string): DurableScope {
    return this;
  }

  /** Plain code has no earlier version. */
  since(_fn: unknown): (name: string) => boolean {
    return () => {
      if (this.#inStep) throw notInsideStep('since');
      return true;
    };
  }

  /** A plain function is no run, and shows nothing. */
  show(fn: unknown): AnyFunction {
    const name = primitiveOf(fn);
    if (name === undefined) return fn as AnyFunction;
    return () => {
      if (this.#inStep) throw notInsideStep(name);
    };
  }

  sleep(_id: string, _fn: unknown): (duration: Duration, options?: SleepOptions) => unknown {
    return async (duration, options) => {
      if (this.#inStep) throw notInsideStep('sleep');
      const now = Date.now();
      await plainDelay(parseDuration(duration)(now) - now, undefined, options).catch(() =>
        options?.signal?.throwIfAborted(),
      );
    };
  }

  /** Allowed inside a step too: unlike `sleep`, a plain timer is not meant to be durable. */
  delay(id: string, fn: unknown = plainDelay): AnyFunction {
    return this.call(id, fn);
  }

  executor(executor: Executor): Executor {
    return executor;
  }

  timer(_id: string, fn: AnyFunction): AnyFunction {
    return fn;
  }

  clearTimer(fn: AnyFunction): AnyFunction {
    return fn;
  }

  deadline(_id: string): (ms: number) => AbortSignal {
    return (ms) => AbortSignal.timeout(ms);
  }

  step(_id: string, _fn: unknown): (...args: unknown[]) => unknown {
    return async (...args) => {
      if (this.#inStep) throw notInsideStep('step');
      const body = args.length > 1 ? args[1] : args[0];
      assertFunction('step', body);
      return body();
    };
  }

  combinator(_id: string, kind: CombinatorKind): (iterable: Iterable<unknown>) => Promise<unknown> {
    return (iterable) => combine(kind, iterable);
  }

  iterate(iterable: unknown, text?: string): unknown {
    if (text === undefined || iterable === null || iterable === undefined) return iterable;
    // Nothing is read here: the loop reads the members, once.
    const held: object = Object(iterable);
    return Symbol.asyncIterator in held || Symbol.iterator in held ? iterable : notIterable(iterable, text);
  }

  resource(_id: string, value: unknown): unknown {
    return value;
  }

  now(): number {
    return Date.now();
  }

  date(...args: unknown[]): Date {
    return Reflect.construct(Date, args) as Date;
  }

  dateString(): string {
    return Date();
  }

  performanceNow(): number {
    return performance.now();
  }

  random(): number {
    return Math.random();
  }

  randomUUID(): string {
    return crypto.randomUUID();
  }

  getRandomValues<T extends ArrayBufferView>(view: T): T {
    return crypto.getRandomValues(view as unknown as Uint8Array<ArrayBuffer>) as unknown as T;
  }

  builtin(name: string, original?: unknown): unknown {
    return plainBuiltin(name, original);
  }

  get console(): Console {
    return console;
  }
}

/** For compiled code inside a step. */
export const insideStepScope: DurableScope = new PassThrough(true);

/** For compiled code that is executed as plain code. */
export const plainScope: DurableScope = new PassThrough(false);

const scopes = {
  inStep: new WeakMap<Definition, DurableScope>(),
  plain: new WeakMap<Definition, DurableScope>(),
};

/** As the scopes above, for the code of one function, so that errors have the names of callees. */
export function passThrough(definition: Definition, place: 'inStep' | 'plain'): DurableScope {
  const known = scopes[place].get(definition);
  if (known !== undefined) return known;
  const scope = new PassThrough(place === 'inStep', definition);
  scopes[place].set(definition, scope);
  return scope;
}
