import { types } from 'node:util';
import { state } from '../base/process-state.ts';
import { isMarked } from '../functions/marks.ts';

/** Promises of the language that were passed on as they are, since awaiting them may start their work. */
const { unsettled } = state;

export function keepUnsettled(value: unknown): void {
  if (types.isPromise(value)) unsettled.add(value);
}

/** An object with a `then` that isn't workflow code, and that is no promise of a step. */
export function isForeignThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if (types.isPromise(value)) return unsettled.has(value);
  const then: unknown = Reflect.get(value, 'then');
  return typeof then === 'function' && !isMarked(then);
}

/**
 * A thenable of a class of promises that isn't the language's (Bluebird, p-cancelable): its work is under way. For other
 * thenables that isn't known: query builders start their work when they are awaited.
 */
export function isForeignPromise(value: unknown): value is PromiseLike<unknown> {
  if (!isForeignThenable(value)) return false;
  if (value instanceof Promise || Reflect.get(value, Symbol.toStringTag) === 'Promise') return true;
  const { constructor: maker } = value;
  if (typeof maker !== 'function') return false;
  return ['resolve', 'reject'].every((name) => typeof Reflect.get(maker, name) === 'function');
}
