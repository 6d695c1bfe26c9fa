import { types } from 'node:util';
import { state } from '../base/process-state.ts';
import type { Run } from './run.ts';

/** Promises that scopes made, and for which run: while one is pending, a run isn't waiting for anything foreign. */
const promises = state.ownPromises as WeakMap<object, Run>;

/** Registers a promise. Returns the value, which may be of any kind. */
export function asWorkflowPromise<T>(run: Run, value: T): T {
  if (types.isPromise(value)) promises.set(value, run);
  return value;
}

export const isWorkflowPromise = (promise: object): boolean => promises.has(promise);

/** The run whose scope made a promise. */
export const runOfPromise = (promise: object): Run | undefined => promises.get(promise);
