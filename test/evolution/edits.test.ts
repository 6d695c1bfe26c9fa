import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judge, type Verdict } from '../../runtime/functions/edits.ts';
import { knownCodeOf } from '../support/known-code.ts';
import { sample } from '../support/tier.ts';
import { checkPair } from './check-pair.ts';
import { DECIDING_PAIRS } from './deciding-pairs.ts';
import { deploy, sourceOf } from './deploy.ts';
import { HELPER_PAIRS } from './helper-pairs.ts';
import { ORDER_PAIRS } from './order-pairs.ts';
import { PAIRS as BASIC_PAIRS, type Pair } from './pairs.ts';

/**
 * Each edit is tried on every prefix of the journal that the old code wrote. Code that doesn't fit calls nothing and leaves
 * the journal as it is, so that the old code goes on; code that goes on ends as if it had run from the beginning.
 */

const PAIRS: readonly Pair[] = [...BASIC_PAIRS, ...DECIDING_PAIRS, ...ORDER_PAIRS, ...HELPER_PAIRS];

/** What `durable check` says of an edit. */
function judged({ before, after }: Pair): Verdict {
  const [old, now] = [before, after].map((body) => knownCodeOf(sourceOf('edited', body)).get('edited'));
  return judge(old!, now!);
}

/** What it calls free, and what it doesn't, against what became of the runs. */
const falseFree = PAIRS.filter((pair) => pair.verdict === 'parks' && judged(pair).verdict === 'free');
const falseBreaking = PAIRS.filter((pair) => pair.verdict !== 'parks' && judged(pair).verdict !== 'free');

const debug = console.debug;
beforeAll(() => {
  console.debug = () => {};
});
afterAll(() => {
  console.debug = debug;
});

describe('an edit under work that is under way', () => {
  it('is one of at least sixty', () => {
    expect(PAIRS.length).toBeGreaterThanOrEqual(60);
  });

  it('is never called free if a run is parked by it, and seldom not free if none is', () => {
    expect(falseFree.map(({ edit }) => edit)).toEqual([]);
    expect(falseBreaking.length).toBeLessThanOrEqual(PAIRS.length / 10);
  });

  it('is counted in the page', () => {
    const page = readFileSync(new URL('../../docs/changing-code.md', import.meta.url), 'utf8');
    expect(page).toContain(
      `${PAIRS.length} edits, ${falseFree.length} of them called free by mistake, ${falseBreaking.length} not called free by mistake`,
    );
  });

  const check = (id: string, { before, after, verdict }: Pair): Promise<void> =>
    checkPair(
      { verdict },
      {
        before: () => deploy(id, before),
        after: () => deploy(id, after),
        isLayout: isLayout(before, after),
      },
    );
  for (const [index, pair] of sample([...PAIRS.entries()], 4))
    it(`${pair.edit}: ${pair.verdict}`, () => check(`edit-${index}`, pair));
});

/** Only layout, comments and types differ, so that the code is the same. */
const isLayout = (before: string, after: string): boolean =>
  LAYOUT.test(PAIRS.find((one) => one.before === before && one.after === after)!.edit);
const LAYOUT = /^(a property is accessed by brackets|quotes|types)/;
