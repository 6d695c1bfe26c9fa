import { types } from 'node:util';

/** Promises that scopes made: while one is pending, a run isn't waiting for anything foreign. */
const promises = new WeakSet<object>();

/** Remembers a promise; gives the value back, whatever it is. */
export function own<T>(value: T): T {
  if (types.isPromise(value)) promises.add(value);
  return value;
}

export const isOwn = (promise: object): boolean => promises.has(promise);
