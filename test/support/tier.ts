/**
 * The two tiers of the tests. `npm test` is the quick one: every kind of proof in a small form.
 * `npm run test:full` sets FULL=1: every proof in its whole form.
 */
import { it } from 'vitest';

export const FULL = process.env.FULL === '1';

/** A test whose kind has a smaller member in the quick tier. */
export const itInFull = it.skipIf(!FULL);

/** All of them in the full tier; in the quick tier one of `every`, evenly spread, the first among them. */
export function sample<T>(all: readonly T[], every: number): readonly T[] {
  return FULL ? all : all.filter((_, index) => index % every === 0);
}
