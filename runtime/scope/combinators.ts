import type { CombinatorKind } from '../functions/durable-scope.ts';
import { asWorkflowPromise } from '../run/workflow-promises.ts';
import { givenPromise } from './awaited-values.ts';
import { settle } from './calls.ts';
import type { ScopeContext } from './place.ts';

/** `Promise[kind](iterable)`. */
export const combine = (kind: CombinatorKind, iterable: Iterable<unknown>): Promise<unknown> =>
  (Promise[kind] as (iterable: Iterable<unknown>) => Promise<unknown>).call(Promise, iterable);

/**
 * A combinator of the body. The native one can be used, since outcomes are always delivered in the recorded order.
 *
 * @param outside the elements come from outside of the function
 */
export function combining(
  scope: ScopeContext,
  id: string,
  kind: CombinatorKind,
  outside: boolean,
): (iterable: Iterable<unknown>) => Promise<unknown> {
  const element = (item: unknown): unknown =>
    outside ? givenPromise(scope, id, item) : settle(scope, id, item);
  return (iterable) => {
    let items: unknown[];
    try {
      // Not iterable: the native combinator throws the right error. `Array.from` would return an empty list.
      if (typeof Object(iterable)[Symbol.iterator] !== 'function') return combine(kind, iterable);
      items = Array.from(iterable, element);
    } catch (error) {
      return Promise.reject(error);
    }
    return asWorkflowPromise(scope.run, combine(kind, items));
  };
}
