import type { CombinatorKind } from '../functions/durable-scope.ts';

/** `Promise[kind](iterable)`. */
export const combine = (kind: CombinatorKind, iterable: Iterable<unknown>): Promise<unknown> =>
  (Promise[kind] as (iterable: Iterable<unknown>) => Promise<unknown>).call(Promise, iterable);
