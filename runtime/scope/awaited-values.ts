/** Values that the body awaits and that no call at that place returned. */
import { types } from 'node:util';
import type { ReadPath } from '../functions/durable-scope.ts';
import { newRead, recordedOutcome, valueOfRead } from '../run/outside-promises.ts';
import { isForeignThenable } from '../run/thenables.ts';
import { asWorkflowPromise, isWorkflowPromise } from '../run/workflow-promises.ts';
import { checkHeld } from '../run/working-objects.ts';
import { recordCall, settle } from './calls.ts';
import type { ScopeContext } from './place.ts';
import { awaitStep } from './steps.ts';

/**
 * `await value` of something that the function made or was given. Promises and plain values are returned as they are. A
 * foreign thenable, such as a query builder, becomes a step: it may start its work only now, and would repeat it on each
 * replay.
 *
 * @param called the source calls `then` on the value itself
 */
export function awaitedLocal(scope: ScopeContext, id: string, value: unknown, called: boolean): unknown {
  if (types.isPromise(value) && !isForeignThenable(value)) {
    checkHeld(value);
    if (isWorkflowPromise(value)) return value;
    const step = recordedOutcome(scope.run, value, id);
    if (step !== undefined) return step;
    scope.run.backend.awaitForeign(value, id);
    return value;
  }
  return called && isForeignThenable(value)
    ? settle(scope, id, value, () => new Promise((done, failed) => void value.then(done, failed)))
    : settle(scope, id, value);
}

/** A value that comes from outside of the function: a promise becomes a step, unless the run made it. */
export function givenPromise(scope: ScopeContext, id: string, value: unknown): unknown {
  if (!types.isPromise(value) || isForeignThenable(value)) return awaitedLocal(scope, id, value, false);
  if (isWorkflowPromise(value)) return value;
  const { run, definition, keys } = scope;
  const read = newRead(run, id, () => value, []);
  const step = awaitStep(run, definition, keys.site(id), () => valueOfRead(run, read));
  read.step = step;
  return asWorkflowPromise(run, step);
}

/** `await client.ready`, where `client` is a name of the module: what it gives is recorded. */
export function awaitRead(
  scope: ScopeContext,
  id: string,
  root: () => unknown,
  path: ReadPath | undefined,
): unknown {
  const { run, definition, keys } = scope;
  const read = newRead(run, id, root, path);
  read.step = awaitStep(run, definition, keys.site(id), () => valueOfRead(run, read));
  return read.step;
}

/** The same for an element of the list of a combinator: only a promise is a step. */
export function beginRead(
  scope: ScopeContext,
  id: string,
  root: () => unknown,
  path: ReadPath | undefined,
): unknown {
  const { run } = scope;
  const read = newRead(run, id, root, path);
  read.step = recordCall(scope, id, () => valueOfRead(run, read), 'start', {
    args: [],
    uses: scope.variables,
  });
  return read.step;
}

/** A promise that the body awaits and that no event settles. */
export function awaitForeign(scope: ScopeContext, promise: unknown): void {
  if (types.isPromise(promise)) scope.run.backend.awaitForeign(promise);
}
