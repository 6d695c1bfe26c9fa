/** Promises from outside of the function that are steps of a run. Each has one outcome, however often it is awaited. */
import type { Run } from './run.ts';

const steps = new WeakMap<Run, WeakMap<object, unknown>>();

/** The promise of the step that such a promise has become; undefined for any other value. */
export function stepOfPromise(run: Run, value: unknown): unknown {
  const known = steps.get(run);
  return known === undefined || typeof value !== 'object' || value === null ? undefined : known.get(value);
}

export function rememberStep(run: Run, promise: object, step: unknown): void {
  const known = steps.get(run);
  if (known === undefined) steps.set(run, new WeakMap([[promise, step]]));
  else known.set(promise, step);
}
