import nodeCrypto, { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sleep, step } from '../../../../runtime/index.ts';
import { CrashSweepError, type CrashSweepOptions, crashSweep } from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';

const sites = (...ids: string[]) => ({
  steps: ids.map((id) => ({ id, kind: 'step', line: 1, column: 1 }) as const),
});

const note = async (...args: unknown[]): Promise<number> => args.length;

async function differenceOf(
  fn: (...args: unknown[]) => Promise<unknown>,
  options: CrashSweepOptions = {},
): Promise<string> {
  const error: unknown = await crashSweep(fn, [], options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CrashSweepError);
  return (error as Error).message;
}

describe('crashSweep tells what is read of the world outside of steps', () => {
  const stamp = (): number => Date.now();
  const made = (): string => new Date().toISOString();
  const chance = (): string =>
    `${Math.random()} ${randomBytes(2).toString('hex')} ${nodeCrypto.randomUUID()}`;
  const machine = (): string =>
    `${process.env.HOME} ${hostname()} ${process.hrtime.bigint()} ${performance.now()}`;

  it('with the line that reads', async () => {
    const fn = durable(async ($) => {
      stamp();
      made();
      chance();
      machine();
      return await $.call('note', note)(1);
    });
    const { reads } = await crashSweep(fn, []);
    expect(reads.map(({ what }) => what)).toEqual([
      'Date.now()',
      'new Date()',
      'Math.random()',
      'crypto.randomBytes()',
      'crypto.randomUUID()',
      'process.env.HOME',
      'os.hostname()',
      'process.hrtime.bigint()',
      'performance.now()',
    ]);
    for (const { place } of reads) expect(place).toMatch(/state-outside\.test\.ts:\d+:\d+$/);
  });

  it('and none that is in a step, in the test, or deterministic', async () => {
    const reading = async (): Promise<unknown> => [Date.now(), chance(), machine(), new Date()];
    const fn = durable(async ($) => {
      const result = await $.call('reading', reading)();
      await $.step('more', step)('more', () => stamp());
      await $.sleep('sleep', sleep)('1 hour');
      return [result, $.now(), $.random(), $.randomUUID(), $.date(0), new Date(0), $.performanceNow()];
    }, sites('reading'));
    const { reads } = await crashSweep(fn, [], {
      steps: { reading: () => [] },
      drive: async () => void [Date.now(), Math.random()],
    });
    expect(reads).toEqual([]);
  });

  it('puts the platform back', async () => {
    const before = [Date, Date.now, Math.random, process.env, crypto.randomUUID, performance.now, hostname];
    const { reads } = await crashSweep(
      durable(async () => void stamp()),
      [],
    );
    expect(reads.length).toBe(1);
    const after = [Date, Date.now, Math.random, process.env, crypto.randomUUID, performance.now, hostname];
    for (const [index, value] of after.entries()) expect(value).toBe(before[index]);
    expect(Object.hasOwn(crypto, 'randomUUID')).toBe(false);
  });

  it('finds a clock that matters, though no time has passed', async () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] });
    try {
      const fn = durable(async ($) => {
        const at = made();
        await $.call('note', note)(at);
      });
      const message = await differenceOf(fn);
      expect(message).toMatch(/step "note" is called with other arguments/);
      expect(message).toMatch(/read in between: {3}new Date\(\) \(.*state-outside\.test\.ts:\d+:\d+\)/);
    } finally {
      vi.useRealTimers();
    }
  });

  it('in calls whose value is used later, once it is known that they are no steps', async () => {
    const load = async (): Promise<number> => Date.now();
    const fn = durable(async ($) => {
      const at = $.start('stamp', stamp)();
      const loaded = $.start('load', load)();
      await $.call('note', note)(at);
      return await loaded;
    });
    expect(await differenceOf(fn)).toMatch(/other arguments[\s\S]*read in between: {3}Date\.now\(\)/);
    const harmless = durable(async ($) => {
      $.start('stamp', stamp)();
      return await $.start('load', load)();
    });
    const { reads } = await crashSweep(harmless, []);
    expect(reads.map(({ what }) => what)).toEqual(['Date.now()']);
  });

  it('leaves alone what does not matter', async () => {
    const lines: string[] = [];
    const fn = durable(async ($) => {
      lines.push(made());
      return await $.call('note', note)(1);
    });
    const { outcome, reads } = await crashSweep(fn, []);
    expect(outcome).toEqual({ status: 'fulfilled', value: 1 });
    expect(reads.length).toBe(1);
    expect(new Set(lines).size).toBeGreaterThan(2);
  });

  it('tells two sweeps at a time apart', async () => {
    const reading = durable(async ($) => [await $.call('note', note)(1), stamp() > 0]);
    const pure = durable(async ($) => await $.call('note', note)(1));
    const [first, second] = await Promise.all([crashSweep(reading, []), crashSweep(pure, [])]);
    expect([first.reads.length, second.reads.length]).toEqual([1, 0]);
  });
});

describe('crashSweep with real steps', () => {
  class Cursor {
    #at = 0;
    async take(): Promise<number> {
      return this.#at++;
    }
  }
  const taken: number[] = [];
  beforeEach(() => void taken.splice(0));
  const reset = (): void => void taken.splice(0);

  const program = durable(async ($) => {
    const cursor = new Cursor();
    const list: unknown[] = [];
    for (let n = 0; n < 3; n++) list.push(await $.method('cursor.take', cursor, 'take')());
    return list;
  });

  it('finds a position that recorded steps have left in an object', async () => {
    expect((await crashSweep(program, [])).outcome).toEqual({ status: 'fulfilled', value: [0, 1, 2] });
    const message = await differenceOf(program, { callSteps: true });
    expect(message).toMatch(/the result differs at result\[1\]/);
    expect(message).toMatch(/after 1 event of a process that called its steps/);
    expect(message).toMatch(/an object that steps read on in/);
  });

  it('finds nothing where a token says where to go on', async () => {
    const page = async (at: number): Promise<number> => {
      taken.push(at);
      return at + 1;
    };
    const fn = durable(async ($) => {
      let at = 0;
      while (at < 3) at = (await $.call('page', page)(at)) as number;
      await $.sleep('sleep', sleep)('1 hour');
      return [at, await Promise.all([$.call('page#2', page)(7), $.call('page#3', page)(8)])];
    });
    const sweep = await crashSweep(fn, [], { callSteps: true, reset, outside: () => new Set(taken) });
    expect(sweep.outcome).toEqual({ status: 'fulfilled', value: [3, [8, 9]] });
    expect(sweep.realCrashes).toBeGreaterThan(5);
  }, 20_000);

  it('finds that a step is called on with something else, and effects that differ', async () => {
    const queue: string[] = [];
    const refill = (): void => void queue.splice(0, queue.length, 'a', 'b', 'c');
    const take = async (held: { n: number }): Promise<number> => ++held.n;
    const mail = async (n: number): Promise<void> => void taken.push(n);
    const fn = durable(async ($) => {
      const held = { n: 0 };
      await $.call('take', take)(held);
      await $.call('mail', mail)(held.n);
    });
    const message = await differenceOf(fn, { callSteps: true, nested: false, reset: refill });
    expect(message).toMatch(/step "mail" is called with other arguments/);
  });

  it('says that steps are not the same when they are called again', async () => {
    let n = 0;
    const count = async (): Promise<number> => ++n;
    const fn = durable(async ($) => await $.call('count', count)(), sites('count'));
    expect(await differenceOf(fn, { callSteps: true })).toMatch(
      /does something else each time that its steps are called: the result differs at result\.\n {2}the first time: {2}1/,
    );
    const sweep = await crashSweep(fn, [], { callSteps: true, steps: { count: () => later(1, 7) } });
    expect(sweep.outcome).toEqual({ status: 'fulfilled', value: 7 });
  });

  it('wants what is outside to be brought back', async () => {
    await expect(crashSweep(program, [], { callSteps: true, outside: () => taken })).rejects.toThrow(
      /give reset/,
    );
  });
});
