/** The simulator itself: it says the same of the same seed, and finds what is wrong. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Store } from '../../runtime/index.ts';
import { sample } from '../support/tier.ts';
import {
  altersValues,
  forgetsEnds,
  forgetsSchedules,
  forgetsSteps,
  ignoresFencing,
  losesMessages,
  losesRuns,
  removesTooMuch,
  reopensTooFar,
  sendsAgain,
} from './planted.ts';
import { removePrograms } from './programs.ts';
import { report } from './seeds.ts';
import { type Result, simulate } from './simulation.ts';
import type { Kind } from './stores.ts';

afterAll(removePrograms);

/** How many seeds are tried before something counts as not found. */
const TRIES = 40;

interface Finding {
  readonly seed: number;
  readonly result: Result;
}

async function find(planted: (store: Store) => Store, kind: Kind): Promise<Finding | undefined> {
  for (let seed = 1; seed <= TRIES; seed++) {
    const result = await simulate(seed, { planted, kind });
    if (result.violations.length > 0) return { seed, result };
  }
  return undefined;
}

describe('a simulation', { timeout: 120_000 }, () => {
  it.each(['memory', 'file'] as const)('is the same each time (%s)', async (kind) => {
    for (const seed of sample([1, 2, 3], 3)) {
      const [first, second] = [await simulate(seed, { kind }), await simulate(seed, { kind })];
      expect(second.trace.text()).toBe(first.trace.text());
      expect(second.trace.digest()).toBe(first.trace.digest());
      expect(first.trace.length).toBeGreaterThan(20);
    }
    const [one, other] = [await simulate(1, { kind }), await simulate(2, { kind })];
    expect(one.trace.digest()).not.toBe(other.trace.digest());
  });

  const planted = [
    ['ignores fencing', ignoresFencing(), /fencing/],
    ['forgets outcomes of steps', forgetsSteps, /called again|recorded twice/],
    ['loses messages', losesMessages, /result|stuck/],
    ['gives messages again', sendsAgain, /message twice|result/],
    ['forgets ends', forgetsEnds, /double end|lost events|journal/],
    ['loses runs', losesRuns, /lost/],
    ['removes too much', removesTooMuch, /lost run/],
    ['forgets too much of a run that is resumed', reopensTooFar, /lost events|journal/],
    ['forgets schedules', forgetsSchedules, /schedule/],
    ['alters values', altersValues, /result|blocked|told otherwise/],
  ] as const;

  it.each(sample(planted, 3))('finds a store that %s', async (_, planted, rule) => {
    const found = await find(planted, 'memory');
    expect(found, `found in ${TRIES} seeds`).toBeDefined();
    const { seed, result } = found!;
    expect(result.violations[0]!.rule).toMatch(rule);
    expect(report(seed, 'memory', result)).toContain(
      `SIM_SEED=${seed} SIM_STORE=memory npx vitest run test/simulator`,
    );
    // What it is about is told with the faults that led there.
    expect(result.trace.about(['run-1']).length).toBeLessThan(result.trace.text().length);
  });

  // Each process has a connection of its own there.
  const plantedInFile = [
    ['ignores fencing', ignoresFencing(), /fencing/],
    ['forgets outcomes of steps', forgetsSteps, /called again|recorded twice/],
    ['forgets ends', forgetsEnds, /double end|lost events|journal/],
  ] as const;

  it.each(sample(plantedInFile, 3))('finds a file that %s', async (_, planted, rule) => {
    const found = await find(planted, 'file');
    expect(found?.result.violations[0]?.rule).toMatch(rule);
  });
});
