import { afterEach, expect, it, vi } from 'vitest';
import { toLambda } from '../../../../runtime/engines/aws-lambda/index.ts';
import { durable } from '../../../support/compiled.ts';
import { LambdaExecution } from '../../../support/lambda-execution.ts';

const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Promises that no step makes, and that settle by a microtask, by ticks and by turns of the event loop. */
const FOREIGN: Readonly<Record<string, () => Promise<unknown>>> = {
  microtask: () => Promise.resolve(),
  ticks: async () => {
    for (let index = 0; index < 7; index++) await tick();
  },
  immediate: () => new Promise((resolve) => setImmediate(resolve)),
  timer: () => new Promise((resolve) => setTimeout(resolve, 3)),
};

let counter = 0;

afterEach(() => vi.restoreAllMocks());

it.each(Object.keys(FOREIGN))(
  'what comes between two outcomes by way of a %s comes there again in every invocation',
  async (kind) => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const lives: string[][] = [];
    const fn = durable(async ($) => {
      const log: string[] = [];
      lives.push(log);
      const branch = async (index: number): Promise<void> => {
        await $.call('work', async () => index)();
        log.push(`work ${index}`);
        await $.sleep('nap', 5);
        log.push(`nap ${index}`);
      };
      const loop = async (): Promise<void> => {
        for (let round = 0; round < 4; round++) {
          await $.foreign(FOREIGN[kind]?.());
          await $.call('mine', async () => round)();
          log.push(`mine ${round}`);
        }
      };
      await Promise.all([loop(), ...Array.from({ length: 6 }, (_, index) => branch(index))]);
    });
    const execution = new LambdaExecution(`foreign:${++counter}`, toLambda(fn), '{}', { dies: true });
    expect(await execution.run()).toMatchObject({ Status: 'SUCCEEDED' });
    expect(lives.length).toBeGreaterThan(1);
    for (const [index, log] of lives.entries()) {
      expect((lives[index + 1] ?? log).slice(0, log.length)).toEqual(log);
    }
  },
);
