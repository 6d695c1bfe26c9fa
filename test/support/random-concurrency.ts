import * as fc from 'fast-check';
import type * as $durable from '../../runtime/compiled.ts';
import { sleep } from '../../runtime/index.ts';
import { effect, later } from './effects.ts';

/** Random concurrent programs over a shared log: whatever timing decides in one execution, a replay must decide alike. */
export type Op =
  | { readonly do: 'step' | 'sleep' | 'started'; readonly ms: number }
  | { readonly do: 'sync' | 'plain' | 'chance' | 'fail' | 'print' }
  | { readonly do: 'all' | 'race' | 'any'; readonly branches: readonly (readonly Op[])[] };

export const { program } = fc.letrec<{ program: readonly Op[]; op: Op }>((tie) => ({
  op: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ do: fc.constantFrom('step', 'sleep', 'started'), ms: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ do: fc.constantFrom('sync', 'plain', 'chance', 'fail', 'print') }),
    fc.record({
      do: fc.constantFrom('all', 'race', 'any'),
      branches: fc.array(tie('program'), { minLength: 1, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<Op>,
  program: fc.array(tie('op'), { maxLength: 4, depthIdentifier: 'program' }) as fc.Arbitrary<readonly Op[]>,
}));

export interface State {
  readonly log: string[];
  counter: number;
}

const work = async (name: string, ms: number): Promise<string> => {
  effect(name);
  return ms === 0 ? name : later(ms, name);
};
const helper = (n: number): { readonly doubled: number } => ({ doubled: n * 2 });
const fail = async (name: string): Promise<never> => {
  throw new RangeError(name);
};

export async function run($: $durable.DurableScope, ops: readonly Op[], state: State): Promise<string> {
  for (const op of ops) {
    const before = state.counter;
    const name = `${op.do} ${before}`;
    switch (op.do) {
      case 'step':
        state.log.push((await $.call('work', work)(name, op.ms)) as string);
        break;
      case 'sync':
        state.log.push((await $.call('sync', (n: string) => n)(name)) as string);
        break;
      case 'sleep':
        await $.sleep('sleep', sleep)(op.ms);
        break;
      case 'started': {
        const promise = $.start('started', work)(name, op.ms) as Promise<string>;
        await $.call('between', work)('between', 0);
        state.log.push((await $.local('await local', promise)) as string);
        break;
      }
      case 'plain': {
        const made = $.start('helper', helper)(before) as ReturnType<typeof helper>;
        if (made.doubled !== before * 2) throw new Error('the helper returned something else');
        state.log.push(`plain ${made.doubled}`);
        break;
      }
      case 'chance':
        state.log.push(`chance ${$.random()} ${$.now()}`);
        break;
      case 'fail':
        try {
          await $.call('fail', fail)(name);
        } catch (error) {
          state.log.push(String(error));
        }
        break;
      case 'print':
        $.console.log(name);
        break;
      default:
        await $.combinator(
          op.do,
          op.do,
        )(
          op.branches.map(async (branch, index) => {
            const inner = $.open(`branch${index}`);
            return run(inner, branch, state);
          }),
        );
    }
    // A lost update if another branch came in between, and it has to be lost again on every replay.
    state.counter = before + 1;
  }
  return state.log.at(-1) ?? '';
}
