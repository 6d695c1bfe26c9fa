import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as $durable from '../../../../runtime/compiled.ts';
import { type ChildRun, sleep, startChild, waitFor, withPolicy } from '../../../../runtime/index.ts';
import {
  crashSweep,
  createTestRuntime,
  hanging,
  lasting,
  replay,
} from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';
import { FULL } from '../../../support/tier.ts';

/**
 * Random concurrent programs that are right. Whatever they do, a sweep must find nothing, and a replay of any beginning of
 * their journals must fit: what decides between branches is time, and that is the same in all executions.
 */
type Op =
  | {
      readonly do: 'step' | 'real' | 'sleep' | 'lasting' | 'expire' | 'started' | 'child';
      readonly ms: number;
    }
  | { readonly do: 'retry' | 'hang' | 'print' | 'chance' | 'signal' | 'fail' }
  | { readonly do: 'all' | 'race' | 'allSettled'; readonly branches: readonly (readonly Op[])[] };

/** FUZZ_RUNS=1000 for a long search, through other programs each time. */
const RUNS = process.env.FUZZ_RUNS;
const SEED = 20261121;

const { program } = fc.letrec<{ program: readonly Op[]; op: Op }>((tie) => ({
  op: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      do: fc.constantFrom('step', 'real', 'sleep', 'lasting', 'expire', 'started', 'child'),
      // Hardly ever does the same moment come about in two ways: who is first then is chance where several runs take part.
      ms: fc.integer({ min: 0, max: 1_000_000 }),
    }),
    fc.record({ do: fc.constantFrom('retry', 'hang', 'print', 'chance', 'signal', 'fail') }),
    fc.record({
      do: fc.constantFrom('all', 'race', 'allSettled'),
      branches: fc.array(tie('program'), { minLength: 1, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<Op>,
  program: fc.array(tie('op'), { maxLength: 4, depthIdentifier: 'program' }) as fc.Arbitrary<readonly Op[]>,
}));

interface State {
  readonly log: string[];
  counter: number;
}

const work = async (name: string): Promise<string> => name;
const real = (name: string, ms: number): Promise<string> => later(ms % 3, name);
const fail = async (name: string): Promise<never> => {
  throw new RangeError(name);
};
const attempts = new Map<string, number>();
const flaky = withPolicy(
  async (name: string) => {
    const attempt = (attempts.get(name) ?? 0) + 1;
    attempts.set(name, attempt);
    if (attempt % 3 !== 0) throw new Error(`attempt ${attempt}`);
    return name;
  },
  { retry: { attempts: 5, delay: 7 } },
);
const limited = withPolicy(hanging, { timeout: 31 });
const child = durable(async ($, name: string, ms: number) => {
  await $.sleep('sleep', sleep)(ms);
  return $.call('work', work)(`child of ${name}`);
});

async function run($: $durable.DurableScope, ops: readonly Op[], state: State): Promise<void> {
  for (const op of ops) {
    const before = state.counter;
    const name = `${op.do} ${before} ${state.log.length}`;
    const log = (value: unknown): void => void state.log.push(String(value));
    const failed = (error: unknown): string => String((error as Error).name);
    switch (op.do) {
      case 'step':
        log(await $.call('work', work)(name));
        break;
      case 'real':
        log(await $.call('real', real)(name, op.ms));
        break;
      case 'sleep':
        await $.sleep('sleep', sleep)(op.ms);
        break;
      case 'lasting':
        log(await $.call('lasting', lasting(op.ms, work))(name));
        break;
      case 'expire':
        log(
          await ($.call('waitFor', waitFor)('never', { timeout: op.ms }) as Promise<unknown>).catch(failed),
        );
        break;
      case 'signal':
        log(await ($.call('waitFor', waitFor)('s', { timeout: 17 }) as Promise<unknown>).catch(failed));
        break;
      case 'started': {
        const promise = $.start('started', lasting(op.ms, work))(name) as Promise<string>;
        await $.call('between', work)('between');
        log(await $.local('await local', promise));
        break;
      }
      case 'retry':
        log(await $.call('flaky', flaky)(name));
        break;
      case 'hang':
        log(await ($.call('limited', limited)() as Promise<unknown>).catch(failed));
        break;
      case 'child': {
        const other = (await $.call('startChild', startChild)(child, [name, op.ms])) as ChildRun;
        log(await $.method('other.result', other, 'result')());
        break;
      }
      case 'chance':
        log(`${$.random()} ${$.now()}`);
        break;
      case 'fail':
        log(await ($.call('fail', fail)(name) as Promise<unknown>).catch(failed));
        break;
      case 'print':
        $.console.debug(name, $.now());
        break;
      default: {
        const branches = op.branches.map(async (branch, index) => {
          const inner = $.open(`branch${index}`);
          return run(inner, branch, state);
        });
        await $.combinator(op.do, op.do)(branches);
      }
    }
    // A lost update if another branch came in between, and it has to be lost again on every replay.
    state.counter = before + 1;
  }
}

const main = durable(async ($, ops: readonly Op[]) => {
  const state: State = { log: [], counter: 0 };
  await run($, ops, state);
  return { ...state, log: [...state.log] };
});

const parameters: fc.Parameters<unknown> =
  RUNS === undefined
    ? { seed: SEED, numRuns: FULL ? 40 : 12, interruptAfterTimeLimit: 15_000 }
    : { numRuns: Number(RUNS) };
const limit = RUNS === undefined ? undefined : 3_600_000;

describe('random programs', () => {
  // They print a lot.
  beforeEach(() => void vi.spyOn(console, 'debug').mockReturnValue());
  afterEach(() => void vi.restoreAllMocks());

  it(
    'are swept without a finding',
    async () => {
      await fc.assert(
        fc.asyncProperty(program, fc.nat(4), async (ops, sent) => {
          await crashSweep(main, [ops], {
            drive: async (handle) => {
              for (let n = 0; n < sent; n++) await handle.signal('s', n);
            },
          });
        }),
        parameters,
      );
    },
    limit,
  );

  it(
    'are replayed from every point',
    async () => {
      await fc.assert(
        fc.asyncProperty(program, async (ops) => {
          const runtime = createTestRuntime();
          const handle = await runtime.start(main, [ops]);
          await handle.result();
          const journal = JSON.parse(await handle.exportJournal()) as { events: unknown[] };
          await runtime.close();
          for (let count = 1; count <= journal.events.length; count++) {
            const text = JSON.stringify({ ...journal, events: journal.events.slice(0, count) });
            expect(await replay(main, text)).toEqual({ fits: true });
          }
        }),
        parameters,
      );
    },
    limit,
  );
});
