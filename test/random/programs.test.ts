import { existsSync, readdirSync, rmSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { checkProgram } from '../support/random-check.ts';
import { FULL } from '../support/tier.ts';
import { shapes } from './arbitrary.ts';
import { EXPRESSIONS } from './expressions.ts';
import { inTurns, withPrelude } from './prelude.ts';
import { render } from './render.ts';
import type { Shape } from './shapes.ts';
import { STATEMENTS } from './statements.ts';

/**
 * Random source programs mean compiled, and after every crash, what they mean as they stand.
 *
 * RANDOM_PROGRAMS=2000 for a long search (`npm run test:nightly`). RANDOM_SEED=7 for other programs; a failure prints its
 * seed and the path to the smallest program: RANDOM_SEED=7 RANDOM_PATH=3:0:1 runs only that.
 */
const DEFAULT_SEED = '20260801';
const { RANDOM_PROGRAMS = FULL ? '200' : '10', RANDOM_SEED = DEFAULT_SEED, RANDOM_PATH } = process.env;
const RUNS = Number(RANDOM_PROGRAMS);
const SEED = RANDOM_SEED === 'fresh' ? Date.now() % 2 ** 31 : Number(RANDOM_SEED);
/** For the search and the shrinking of what it finds. */
const LIMIT_MS = 60_000 + RUNS * 300;

const OUTPUT = new URL('../.tmp/', import.meta.url);

const EVENTS = [
  'attempt-failed',
  'begun',
  'made',
  'output',
  'plain',
  'run-ended',
  'run-started',
  'step',
  'wait-fired',
  'wait-set',
];

/** Plain, `quick` is through one microtask later, before the closure beside it has made its two. */
const COUNTS_MICROTASKS = `export async function main(): Promise<unknown> {
  'use durable';
  const tick = async (): Promise<number> => 0;
  return Promise.allSettled([
    (async () => (await tick()) + (await tick()) + (await get(1, 20)))(),
    (async () => (await quick(0)) + (await get(2, 10)))(),
  ]);
}
`;

/** What happened over all programs, to see that every kind of thing did. */
const seen = { programs: 0, passedThrough: 0, events: 0, exact: 0, any: 0, free: 0, failed: 0 };
const events = new Set<string>();
const written = new Set<string>();
const sources = new Set<string>();

async function check(shape: Shape): Promise<void> {
  const { source, order, kinds } = render(shape);
  // No two programs of a run are the same: another one comes in the place of one that has been checked.
  fc.pre(!sources.has(source));
  // Where timing may decide, microtasks are counted across steps.
  const stepwise = order === 'free' ? inTurns(source) : source;
  const { execution, passedThrough } = await checkProgram(source, order, stepwise);
  sources.add(source);
  seen.programs++;
  seen[order]++;
  seen.events += execution.events.length;
  if (passedThrough) seen.passedThrough++;
  if (execution.outcome.status === 'rejected') seen.failed++;
  for (const { type } of execution.events) events.add(type);
  for (const kind of kinds) written.add(kind);
}

/** What a person needs to see of a failure: the smallest program, and how to run it again. */
function report({ counterexample, errorInstance, seed, counterexamplePath }: fc.RunDetails<[Shape]>): string {
  const source = counterexample ? render(counterexample[0]).source : '';
  const again = `RANDOM_SEED=${seed} RANDOM_PATH=${counterexamplePath ?? ''}`;
  return `${String(errorInstance)}\n\n${again}\n\n${source}`;
}

afterAll(() => {
  if (process.env.RANDOM_SHOW) console.log(JSON.stringify(seen));
  if (!existsSync(OUTPUT)) return;
  for (const name of readdirSync(OUTPUT)) {
    if (name.startsWith(`random-${process.pid}-`)) rmSync(new URL(name, OUTPUT), { recursive: true });
  }
});

describe('random programs', () => {
  it(
    `mean compiled what they mean plainly (${RUNS} of seed ${SEED})`,
    async () => {
      const details = await fc.check(fc.asyncProperty(shapes, check), {
        numRuns: RUNS,
        seed: SEED,
        ...(RANDOM_PATH === undefined ? {} : { path: RANDOM_PATH }),
        interruptAfterTimeLimit: LIMIT_MS,
      });
      if (details.failed) throw new Error(report(details));
      expect(sources.size, 'different programs').toBe(seen.programs);
      // Other seeds may miss a kind or two.
      if (RUNS < 200 || RANDOM_PATH !== undefined || RANDOM_SEED !== DEFAULT_SEED) return;
      expect(
        Math.min(...Object.values(seen)),
        `every kind of program: ${JSON.stringify(seen)}`,
      ).toBeGreaterThan(0);
      const all = [...Object.keys(EXPRESSIONS), ...Object.keys(STATEMENTS)];
      expect(
        all.filter((kind) => !written.has(kind)),
        'kinds that no program had',
      ).toEqual([]);
      expect([...events].sort(), 'kinds of events').toEqual(EVENTS);
    },
    LIMIT_MS + 10_000,
  );

  it('give each step a turn of its own, which shows where microtasks are counted beside one', async () => {
    const source = withPrelude(COUNTS_MICROTASKS);
    const { execution } = await checkProgram(source, 'free', inTurns(source));
    expect(execution.effects.map(({ name }) => name)).toEqual(['quick 0', 'get 1', 'get 2']);
    await expect(checkProgram(source, 'free')).rejects.toThrow(/^effects/);
  });
});
