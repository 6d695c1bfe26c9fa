import { types } from 'node:util';
import { type Missing, present } from '../functions/callee.ts';
import type { AnyFunction } from '../functions/definition.ts';
import type { BegunCalls, ChainLink, OptionalChain } from '../functions/durable-scope.ts';
import { insideStep } from '../run/context.ts';
import { rememberStep, stepOfPromise, valueOfOutside } from '../run/outside-promises.ts';
import { isStandIn, originalOf } from '../run/recreated-objects.ts';
import type { Run } from '../run/run.ts';
import { isForeignThenable } from '../run/thenables.ts';
import { isWorkflowPromise } from '../run/workflow-promises.ts';
import type { Beginning } from './beginning.ts';

/** Whether an object has what settles a promise, itself or by its class. */
function settles(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || isStandIn(value) || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isOf = (holder: unknown): boolean =>
    typeof holder === 'object' &&
    holder !== null &&
    typeof Object.getOwnPropertyDescriptor(holder, 'resolve')?.value === 'function';
  return isOf(value) || isOf(prototype);
}

/** An object that can be iterated several times, or that only this code iterates. */
const isList = (value: unknown): value is Iterable<unknown> =>
  Array.isArray(value) || value instanceof Set || types.isMapIterator(value) || types.isSetIterator(value);

/** An iterator has been gone over by now. */
const keptList = (list: unknown, parts: readonly unknown[]): unknown =>
  types.isMapIterator(list) || types.isSetIterator(list) ? parts : list;

interface Beginner {
  /** Undefined outside of all runs. */
  readonly run?: Run;
  begin(id: string, fn: unknown, thisArg: unknown, beginning: Beginning): AnyFunction;
  callback(id: string, fn: unknown, settled: boolean, beginning: Beginning): unknown;
  beginChain(
    id: string,
    callee: unknown,
    args: readonly unknown[],
    link: ChainLink,
    beginning: Beginning,
  ): unknown;
}

/** The calls of a scope that begin in one of these ways: `$.maybe.start("work", work)(1)`. */
export class StartedCalls implements BegunCalls {
  readonly #scope: Beginner;
  readonly #beginning: Beginning;

  constructor(scope: Beginner, beginning: Beginning) {
    this.#scope = scope;
    this.#beginning = beginning;
  }

  start(id: string, fn: unknown, thisArg?: unknown): AnyFunction {
    return this.#scope.begin(id, fn, thisArg, this.#beginning);
  }

  startMethod(id: string, receiver: unknown, key: PropertyKey): AnyFunction {
    return this.start(id, (receiver as Record<PropertyKey, unknown>)[key], receiver);
  }

  startOptional(id: string, fn: unknown, thisArg?: unknown): AnyFunction | undefined {
    return fn === null || fn === undefined ? undefined : this.start(id, fn, thisArg);
  }

  startOptionalMethod(
    id: string,
    receiver: unknown,
    key: PropertyKey,
    missing: Missing,
  ): AnyFunction | undefined {
    const callee = present(receiver, key, missing);
    return callee && this.start(id, callee.fn, receiver);
  }

  /**
   * `await r.text`, for an object that a call outside of steps has returned: a promise in it is a step. If the workflow settles
   * the promise itself, `const { promise, resolve } = pDefer()`, it is not.
   */
  member(id: string, receiver: unknown, key: string): unknown {
    if (settles(receiver)) return (receiver as Record<string, unknown>)[key];
    const read = (): unknown => (originalOf(receiver) as Record<string, unknown>)[key];
    return this.#scope.begin(id, read, undefined, this.#beginning)();
  }

  /**
   * A value from outside of the durable function: a promise is a step, and the same step for each further use. A promise that
   * the run made itself is returned as it is, and so is one that the run settles. An array is returned as it is too; promises
   * in it are known where they are awaited.
   *
   * @param receiver the object of which it is a member
   */
  outside(id: string, value: unknown, receiver?: unknown): unknown {
    if (insideStep()) return value;
    if (Array.isArray(value)) for (const part of value) if (types.isPromise(part)) this.outside(id, part);
    if (!types.isPromise(value)) return value;
    const isLazy = isForeignThenable(value as unknown);
    if (isLazy || isWorkflowPromise(value) || settles(receiver)) return value;
    const { run } = this.#scope;
    if (run === undefined) return value;
    const before = stepOfPromise(run, value);
    if (before !== undefined) return before;
    // It may be rejected in a replay, which takes its outcome from the journal.
    value.catch(() => {});
    const step = this.#scope.begin(id, () => valueOfOutside(run, value, id), undefined, this.#beginning)();
    // A journal without a step of this place may have one of another place.
    if (step !== value) rememberStep(run, value, step);
    return step;
  }

  /** The same for each part of a list. */
  outsideAll(id: string, list: unknown): unknown {
    if (!isList(list) || insideStep()) return list;
    const parts = [...list];
    return parts.some((part) => types.isPromise(part))
      ? parts.map((part) => this.outside(id, part))
      : keptList(list, parts);
  }

  /** A function passed as a value to workflow code that calls it. */
  callback(id: string, fn: unknown, settled = false): unknown {
    return this.#scope.callback(id, fn, settled, this.#beginning);
  }

  /** A whole promise chain: `callee` is a function, or what `ref` and `bound` give. */
  startChain(id: string, callee: unknown, args: readonly unknown[], link: ChainLink): unknown {
    return this.#scope.beginChain(id, callee, args, link, this.#beginning);
  }

  /** As `startChain`, where a `?.` may have cut the callee short, and then the arguments and links as well. */
  startOptionalChain(id: string, callee: unknown): OptionalChain {
    return callee === undefined ? undefined : (args, link) => this.startChain(id, callee, args, link);
  }
}
