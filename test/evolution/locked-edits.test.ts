import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitionOf } from '../../runtime/functions/definitions.ts';
import { lockFor } from '../support/locks.ts';
import { FULL, sample } from '../support/tier.ts';
import { checkPair } from './check-pair.ts';
import { deploy, sourceOf } from './deploy.ts';
import { LOCKED_PAIRS, type LockedPair } from './locked-pairs.ts';
import { PAIRS } from './pairs.ts';

/**
 * The lock is written from the old code, and again from the new code. Each edit is tried on every prefix of the journal, as without
 * a lock: what goes on ends as a run of the new code would, and what is parked has called nothing.
 */
const debug = console.debug;
beforeAll(() => {
  console.debug = () => {};
});
afterAll(() => {
  console.debug = debug;
});

async function check(id: string, { before, after, verdict, around = '' }: LockedPair, isFirst = false) {
  const lock = lockFor(sourceOf(id, before), 'order.ts');
  const next = lockFor(sourceOf(id, after) + around, 'order.ts', lock);
  // Code that was deployed before there was a lock has no other ids.
  const old = isFirst ? undefined : lock;
  const deployments = {
    before: () => deploy(id, before, '', old),
    after: () => deploy(id, after, around, next),
    isLayout: false,
  };
  await checkPair({ verdict }, deployments);
  expect(definitionOf(await deployments.after())?.manifest?.locked).toBe(true);
}

describe('an edit under work that is under way, with a lock', () => {
  for (const [index, pair] of sample([...LOCKED_PAIRS.entries()], 4)) {
    it(`${pair.edit}: ${pair.verdict}`, () => check(`locked-${index}`, pair));
  }

  it('is as good for runs from before the lock, where the ids are kept', async () => {
    for (const [index, pair] of LOCKED_PAIRS.slice(0, 8).entries()) await check(`first-${index}`, pair, true);
  });
});

describe('an edit that a lock makes free', () => {
  const kept = LOCKED_PAIRS.filter(({ verdict }) => verdict !== 'parks');

  it('is one of at least twenty', () => {
    expect(kept.length).toBeGreaterThanOrEqual(20);
  });

  for (const [index, { edit, before, after, around }] of kept.entries())
    it(`${edit}: parks without one`, () =>
      checkPair(
        { verdict: 'parks' },
        {
          before: () => deploy(`unlocked-${index}`, before),
          after: () => deploy(`unlocked-${index}`, after, around),
          isLayout: false,
        },
      ));
});

/** Edits that are parked without a lock for the names alone. */
const FREED = new Set(['a closure is renamed', 'a list becomes a constant before its map']);

describe('an edit of the table without a lock', () => {
  const others = PAIRS.filter(({ edit }) => !/^(a property is accessed by brackets|quotes|types)/.test(edit));

  for (const [index, pair] of others.entries()) {
    const verdict = FREED.has(pair.edit) ? 'free' : pair.verdict;
    if (index % (FULL ? 3 : 9) === 0 || FREED.has(pair.edit))
      it(`${pair.edit}: ${verdict} with one, too`, () => check(`table-${index}`, { ...pair, verdict }));
  }
});
