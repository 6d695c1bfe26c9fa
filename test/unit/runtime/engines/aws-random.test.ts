import * as fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { type LambdaHandler, toLambda } from '../../../../runtime/engines/aws-lambda/index.ts';
import { durable } from '../../../support/compiled.ts';
import { LambdaExecution } from '../../../support/lambda-execution.ts';
import { type Op, program, run, type State } from '../../../support/random-concurrency.ts';
import { FULL } from '../../../support/tier.ts';

/** FUZZ_RUNS=1000 for a long search. */
const RUNS = process.env.FUZZ_RUNS;

let counter = 0;

afterEach(() => vi.restoreAllMocks());

it(
  'random concurrent programs go on as they went, behind every checkpoint of Lambda',
  async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    await fc.assert(
      fc.asyncProperty(
        program,
        fc.boolean(),
        fc.constantFrom('1s' as const, 0),
        async (ops, dies, shortWait) => {
          const lives: State[] = [];
          const fn = durable(async ($, given: readonly Op[]) => {
            const state: State = { log: [], counter: 0 };
            lives.push(state);
            await run($, given, state);
            return { ...state, log: [...state.log] };
          });
          const handler: LambdaHandler = toLambda(fn, { shortWait });
          const execution = new LambdaExecution(`random:${++counter}`, handler, JSON.stringify(ops), {
            dies,
          });
          const output = await execution.run();
          expect(output.Status, JSON.stringify(output)).toBe('SUCCEEDED');
          // What one invocation has seen, the next one sees again before it goes on.
          for (const [index, { log }] of lives.entries()) {
            const next = lives[index + 1] ?? lives[index];
            expect(next?.log.slice(0, log.length)).toEqual(log);
          }
        },
      ),
      RUNS === undefined
        ? { numRuns: FULL ? 200 : 60, interruptAfterTimeLimit: 10_000 }
        : { numRuns: Number(RUNS) },
    );
  },
  RUNS === undefined ? undefined : 3_600_000,
);
