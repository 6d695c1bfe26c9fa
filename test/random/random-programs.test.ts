import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { durable } from '../support/compiled.ts';
import { crashEverywhere } from '../support/crash.ts';
import { type Op, program, run, type State } from '../support/random-concurrency.ts';
import { FULL } from '../support/tier.ts';

/** FUZZ_RUNS=1000 for a long search. */
const RUNS = process.env.FUZZ_RUNS;

describe('random concurrent programs', () => {
  it(
    'are replayed as they ran, from every crash point',
    async () => {
      const fn = durable(async ($, ops: readonly Op[]) => {
        const state: State = { log: [], counter: 0 };
        await run($, ops, state);
        return { ...state, log: [...state.log] };
      });
      await fc.assert(
        fc.asyncProperty(program, async (ops) => {
          await crashEverywhere(fn, [ops], { order: 'free' });
        }),
        RUNS === undefined
          ? { numRuns: FULL ? 40 : 20, interruptAfterTimeLimit: 20_000 }
          : { numRuns: Number(RUNS) },
      );
    },
    RUNS === undefined ? undefined : 3_600_000,
  );
});
