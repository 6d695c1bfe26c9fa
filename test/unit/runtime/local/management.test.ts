import { describe, expect, it } from 'vitest';
import {
  createRuntime,
  type Handle,
  MisuseError,
  memoryStore,
  NonDeterminismError,
  type Runtime,
  type RuntimeOptions,
  sleep,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';

async function withRuntime<T>(
  use: (runtime: Runtime) => Promise<T>,
  options: Partial<RuntimeOptions> = {},
): Promise<T> {
  const runtime = createRuntime({ store: memoryStore(), onBlocked: () => {}, ...options });
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}

const settledOf = async (run: Handle): Promise<unknown> =>
  run.result().catch((error: unknown) => (error instanceof Error ? error.message : error));

describe('rerun', () => {
  it('starts another run with the same arguments', async () => {
    const calls: unknown[] = [];
    const fn = durable(async ($, ...args: unknown[]) => $.call('keep', async () => calls.push(args))());
    await withRuntime(async (runtime) => {
      await (await runtime.start(fn, [1, new Date(5)], { id: 'first' })).result();
      const again = await runtime.rerun('first', { id: 'second' });
      await expect(again.result()).resolves.toBe(2);
      expect(again.id).toBe('second');
      expect(calls).toEqual([
        [1, new Date(5)],
        [1, new Date(5)],
      ]);
      const third = await runtime.rerun('first');
      expect(third.id).toMatch(/^[0-9a-f-]{36}$/);
      await third.result();
      await expect(runtime.rerun('none')).rejects.toThrow(MisuseError);
    });
  });
});

describe('resume', () => {
  it('calls the step again that failed, and nothing that is recorded before it', async () => {
    const calls: string[] = [];
    let broken = true;
    const fn = durable(async ($) => {
      const work = async (name: string): Promise<string> => {
        calls.push(name);
        if (broken && name === 'pay') throw new Error('the bank is closed');
        return name;
      };
      const first = await $.call('work', work)('reserve');
      const paid = await $.call('work#2', work)('pay');
      return [first, paid, await $.call('work#3', work)('ship')];
    });
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, [], { id: 'r' });
      expect(await settledOf(run)).toBe('the bank is closed');
      broken = false;
      const again = await runtime.resume('r');
      expect(again.id).toBe('r');
      await expect(again.result()).resolves.toEqual(['reserve', 'pay', 'ship']);
      await expect(again.status()).resolves.toBe('completed');
      expect(calls).toEqual(['reserve', 'pay', 'pay', 'ship']);
      await expect(runtime.resume('r')).rejects.toThrow(/has completed.*rerun/);
      await expect(runtime.resume('none')).rejects.toThrow(/no run "none"/);
    });
  });

  it('goes on from the last event where the function itself threw', async () => {
    let broken = true;
    let steps = 0;
    const fn = durable(async ($) => {
      const count = await $.call('work', async () => ++steps)();
      if (broken) throw new Error('a mistake in the code');
      return count;
    });
    await withRuntime(async (runtime) => {
      expect(await settledOf(await runtime.start(fn, [], { id: 'r' }))).toBe('a mistake in the code');
      broken = false;
      await expect((await runtime.resume('r')).result()).resolves.toBe(1);
    });
  });

  it('forgets a cancellation', async () => {
    const fn = durable(async ($) => {
      try {
        return await $.call('waitFor', waitFor)('go');
      } finally {
        await $.call('cleanup', async () => 'clean')();
      }
    });
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, [], { id: 'r' });
      await run.cancel('a mistake');
      expect(await settledOf(run)).toBe('The run was cancelled: a mistake');
      await expect(runtime.resume('r')).rejects.toThrow(/"cleanup".*forget: true/);
      const again = await runtime.resume('r', { forget: true });
      await again.signal('go', 'on');
      await expect(again.result()).resolves.toBe('on');
    });
  });

  it('does not forget a compensation without being told', async () => {
    const calls: string[] = [];
    const fn = durable(async ($) => {
      const work = async (name: string): Promise<void> => {
        calls.push(name);
        if (name === 'ship' && calls.length < 3) throw new Error('no courier');
      };
      await $.call('charge', work)('charge');
      try {
        await $.call('ship', work)('ship');
      } catch (error) {
        await $.call('refund', work)('refund');
        throw error;
      }
    });
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, [], { id: 'r' });
      expect(await settledOf(run)).toBe('no courier');
      const refused = runtime.resume('r');
      await expect(refused).rejects.toBeInstanceOf(MisuseError);
      await expect(refused).rejects.toThrow(/did something after .*: "refund"\./);
      expect(await run.status()).toBe('failed');
      await (await runtime.resume('r', { forget: true })).result();
      expect(calls).toEqual(['charge', 'ship', 'refund', 'ship']);
    });
  });

  it('refuses a run whose time is over', async () => {
    const fn = durable(async ($) => $.call('waitFor', waitFor)('never'));
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, [], { id: 'r', timeout: 5 });
      await expect(run.result()).rejects.toThrow(/took longer/);
      await expect(runtime.resume('r')).rejects.toThrow(/was over at .*rerun/);
      const again = await runtime.rerun('r');
      await expect(again.result(), 'it has as much time as the old one').rejects.toThrow(/took longer/);
      const patient = await runtime.rerun('r', { timeout: '1 hour' });
      await patient.signal('never', 'in time');
      await expect(patient.result()).resolves.toBe('in time');
      await expect(runtime.rerun('r', { id: 'r' })).rejects.toThrow(/an id of its own/);
    });
  });

  it('receives signals again that came after the failed step', async () => {
    let broken = true;
    const fn = durable(async ($) => {
      const flaky = async (): Promise<string> => {
        if (broken) throw new Error('no');
        return 'yes';
      };
      const first = await ($.call('flaky', flaky)() as Promise<string>).catch(() => 'failed');
      const signal = await $.call('waitFor', waitFor)('x');
      if (first === 'failed') throw new Error(`gave up after ${String(signal)}`);
      return [first, signal];
    });
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, [], { id: 'r' });
      await run.signal('x', 'once');
      expect(await settledOf(run)).toBe('gave up after once');
      broken = false;
      await expect((await runtime.resume('r')).result()).resolves.toEqual(['yes', 'once']);
    });
  });

  it('tries a blocked run again, as it is', async () => {
    const store = memoryStore();
    const make = (name: string) =>
      durable(
        async ($) => {
          const result = await $.call(name, async () => name)();
          await $.sleep('sleep', sleep)(5);
          return result;
        },
        { id: 'changing' },
      );
    const first = createRuntime({ store });
    const run = await first.start(make('before'), [], { id: 'r' });
    while ((await run.events()).length < 2) await later(1, undefined);
    await first.close();
    make('after');
    await withRuntime(
      async (runtime) => {
        const [handle] = await runtime.recover();
        await expect(handle!.result()).rejects.toThrow(NonDeterminismError);
        make('before');
        await expect((await runtime.resume('r')).result()).resolves.toBe('before');
      },
      { store },
    );
  });

  it('gives the handle of a run that is under way', async () => {
    const fn = durable(async ($) => $.call('waitFor', waitFor)('go'));
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, []);
      expect(await runtime.resume(run.id)).toBe(run);
      await run.signal('go', 1);
      await expect(run.result()).resolves.toBe(1);
    });
  });
});

describe('prune', () => {
  it('removes what ended long ago, and nothing else', async () => {
    const done = durable(async () => 1);
    const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));
    await withRuntime(async (runtime) => {
      for (const id of ['a', 'b']) await (await runtime.start(done, [], { id })).result();
      const open = await runtime.start(waiting, [], { id: 'open' });
      await expect(runtime.prune('1 hour')).resolves.toBe(0);
      await later(5, undefined);
      await expect(runtime.prune(new Date(Date.now() - 1))).resolves.toBe(2);
      expect((await runtime.list()).map(({ id }) => id)).toEqual(['open']);
      await expect(runtime.get('a')).resolves.toBeUndefined();
      await expect(runtime.prune('soon' as never)).rejects.toThrow(MisuseError);
      await expect(runtime.prune(new Date(Number.NaN))).rejects.toThrow(/invalid/);
      await open.signal('go', 1);
      await open.result();
    });
  });
});

describe('limits', () => {
  it('of runs leave the others in the store until there is room', async () => {
    let running = 0;
    let most = 0;
    const fn = durable(async ($, n: number) => {
      most = Math.max(most, ++running);
      await $.call('work', () => later(10, n))();
      running--;
      return n;
    });
    await withRuntime(
      async (runtime) => {
        const runs = await Promise.all([1, 2, 3, 4, 5].map((n) => runtime.start(fn, [n])));
        await expect(Promise.all(runs.map((run) => run.result()))).resolves.toEqual([1, 2, 3, 4, 5]);
      },
      { maxRuns: 2 },
    );
    expect(most).toBe(2);
  });

  it('of steps hold back calls of the same name, in all runs, first come first served', async () => {
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const charge = async (n: number): Promise<number> => {
      order.push(n);
      most = Math.max(most, ++running);
      await later(5, undefined);
      running--;
      return n;
    };
    const fn = durable(async ($, n: number) => {
      const many = [n, n + 1].map((m) => $.call(m % 2 ? 'charge' : 'charge#2', charge)(m));
      return $.combinator('Promise.all', 'all')(many);
    });
    await withRuntime(
      async (runtime) => {
        const runs = await Promise.all([1, 3, 5].map((n) => runtime.start(fn, [n])));
        await Promise.all(runs.map((run) => run.result()));
      },
      { maxSteps: { charge: 2 } },
    );
    expect(order).toEqual([1, 2, 3, 4, 5, 6]);
    expect(most).toBe(2);
  });

  it('must be whole numbers', () => {
    const create = (options: Partial<RuntimeOptions>) => () =>
      createRuntime({ store: memoryStore(), ...options });
    expect(create({ maxRuns: 0 })).toThrow(/maxRuns must be a whole number/);
    expect(create({ maxSteps: { charge: 1.5 } })).toThrow(/charge must be a whole number/);
  });
});
