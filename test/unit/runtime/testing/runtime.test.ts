import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Callback,
  CancelledError,
  createCallback,
  MisuseError,
  NotCompiledError,
  setDefaultRuntime,
  signals,
  sleep,
  startChild,
  step,
  TimeoutError,
  waitFor,
  withPolicy,
} from '../../../../runtime/index.ts';
import {
  createTestRuntime,
  NeverError,
  type TestRuntime,
  type TestRuntimeOptions,
} from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';

const YEAR = 365 * 24 * 60 * 60 * 1000;
const START = Date.UTC(2030, 0, 1);

async function withRuntime(
  use: (runtime: TestRuntime) => Promise<void>,
  options: TestRuntimeOptions = {},
): Promise<void> {
  const runtime = createTestRuntime({ now: START, ...options });
  try {
    await use(runtime);
  } finally {
    await runtime.close();
  }
}

const site = (id: string) => ({ id, kind: 'step', line: 1, column: 1 }) as const;

describe.each(['real', 'fake'])('with %s timers', (kind) => {
  if (kind === 'fake') {
    // The runtime is made before in one half of the tests, and after in the other: both must do.
    afterEach(() => void vi.useRealTimers());
  }
  const fake = (): void => {
    if (kind === 'fake') vi.useFakeTimers();
  };

  it('time jumps to the next wait, and the clock of the body goes with it', async () => {
    const fn = durable(async ($) => {
      const times = [$.now()];
      await $.sleep('sleep', sleep)('365 days');
      times.push($.now());
      await $.sleep('sleep#2', sleep)(new Date(START + 2 * YEAR));
      times.push($.now());
      return times;
    });
    fake();
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, []);
      expect(await run.result()).toEqual([START, START + YEAR, START + 2 * YEAR]);
      expect(runtime.now()).toBe(START + 2 * YEAR);
    });
  });

  it('runs wake in the order in which they are due', async () => {
    const woken: string[] = [];
    const fn = durable(async ($, name: string, ms: number) => {
      await $.sleep('sleep', sleep)(ms);
      await $.call('wake', async () => void woken.push(name))();
      return $.now() - START;
    });
    await withRuntime(async (runtime) => {
      fake();
      const starts: [string, number][] = [
        ['a', 3000],
        ['b', YEAR],
        ['c', 1],
        ['d', 3000],
      ];
      const runs = await Promise.all(starts.map((args) => runtime.start(fn, args)));
      expect(await Promise.all(runs.map((run) => run.result()))).toEqual([3000, YEAR, 1, 3000]);
      expect(woken).toEqual(['c', 'a', 'd', 'b']);
    });
  });

  it('steps, retries with their backoff, and a timeout of a wait', async () => {
    let attempts = 0;
    const flaky = withPolicy(
      async () => {
        if (++attempts < 4) throw new Error('not yet');
        return attempts;
      },
      { retry: { attempts: 5, delay: '1 hour', jitter: 0, factor: 1, maxDelay: '1 day' } },
    );
    const fn = durable(async ($) => {
      const result = await $.call('flaky', flaky)();
      const late = await ($.call('waitFor', waitFor)('x', { timeout: '30 days' }) as Promise<unknown>).catch(
        (error: unknown) => error instanceof TimeoutError,
      );
      return [result, late, $.now() - START];
    });
    fake();
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, []);
      expect(await run.result()).toEqual([4, true, 3 * 3_600_000 + 30 * 86_400_000]);
    });
  });

  it('no signal is too late that the test sends before it waits', async () => {
    const fn = durable(async ($) => $.call('waitFor', waitFor)('go', { timeout: 5 }));
    fake();
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, []);
      await run.waitUntil('waitFor');
      for (let i = 0; i < 50; i++) await new Promise<void>((resolve) => process.nextTick(resolve));
      await run.signal('go', 'in time');
      expect(await run.result()).toBe('in time');
      expect(runtime.now()).toBe(START);
    });
  });

  it('close() waits for nothing that only a timer could end', async () => {
    const fn = durable(async ($) => $.sleep('sleep', sleep)('1 day'));
    const runtime = createTestRuntime();
    fake();
    const run = await runtime.start(fn, []);
    const result = run.result();
    await runtime.close();
    await expect(result).rejects.toThrow(/closed/);
  });
});

describe('fake timers', () => {
  afterEach(() => void vi.useRealTimers());

  it('stay the business of the test, and there is an end to them', async () => {
    vi.useFakeTimers();
    vi.setSystemTime(new Date('2040-02-03T00:00:00Z'));
    const slow = async (): Promise<string> => {
      await later(5000, undefined);
      return new Date().toISOString();
    };
    const fn = durable(async ($) => {
      await $.sleep('sleep', sleep)('1 day');
      return $.call('slow', slow)();
    });
    const runtime = createTestRuntime();
    const run = await runtime.start(fn, []);
    await run.waitUntil('slow');
    // Nothing of the runtime is in the way of this: it comes to an end.
    const result = run.result();
    await vi.runOnlyPendingTimersAsync();
    expect(await result).toBe('2040-02-03T00:00:05.000Z');
    expect(runtime.now()).toBe(Date.parse('2040-02-04T00:00:00Z'));
    await runtime.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that run the system clock far ahead take no runs away', async () => {
    vi.useFakeTimers();
    const runtime = createTestRuntime();
    const fn = durable(async ($) => {
      await $.sleep('sleep', sleep)('1 day');
      return 'done';
    });
    const run = await runtime.start(fn, []);
    vi.setSystemTime(Date.now() + 10 * YEAR);
    expect(await run.result()).toBe('done');
    await runtime.close();
  });
});

describe('time', () => {
  const napping = durable(async ($, ...naps: number[]) => {
    for (const ms of naps) await $.sleep('sleep', sleep)(ms);
    return $.now() - START;
  });

  it('stands still while the test waits for nothing', () =>
    withRuntime(async (runtime) => {
      const run = await runtime.start(napping, [1]);
      await later(20, undefined);
      expect(runtime.now()).toBe(START);
      expect(await run.status()).toBe('running');
    }));

  it('stands still while a step is under way', () =>
    withRuntime(async (runtime) => {
      let finish = (_: string): void => {};
      const slow = durable(async ($) =>
        $.call('slow', () => new Promise<string>((resolve) => (finish = resolve)))(),
      );
      const [long, short] = await Promise.all([runtime.start(slow, []), runtime.start(napping, [1])]);
      const results = Promise.all([long.result(), short.result()]);
      await later(20, undefined);
      expect(runtime.now()).toBe(START);
      finish('finished');
      expect(await results).toEqual(['finished', 1]);
    }));

  it('stands still while a run awaits a promise that is no step', () =>
    withRuntime(async (runtime) => {
      const fn = durable(async ($) => {
        const loaded = (await $.foreign(later(20, 'module'))) as string;
        return [loaded, await $.combinator('Promise.race', 'race')([$.sleep('sleep', sleep)(5)])];
      });
      const [run] = await Promise.all([runtime.start(fn, []), runtime.start(napping, [1])]);
      const result = run.result();
      await later(5, undefined);
      expect(runtime.now()).toBe(START);
      expect(await result).toEqual(['module', undefined]);
    }));

  it('passes while a run awaits a promise that it settles itself', () =>
    withRuntime(async (runtime) => {
      const fn = durable(async ($) => {
        let open = (_: string): void => {};
        const gate = new Promise<string>((resolve) => {
          open = resolve;
        });
        const opened = async (): Promise<void> => {
          const $1 = $.open('opened');
          await $1.sleep('sleep', sleep)('1 day');
          open('open');
        };
        const opening = opened();
        const through = await $.local('await local', gate);
        await opening;
        return through;
      });
      const run = await runtime.start(fn, []);
      expect(await run.result()).toBe('open');
      expect(runtime.now()).toBe(START + 86_400_000);
    }));

  it('is moved by hand', () =>
    withRuntime(async (runtime) => {
      const run = await runtime.start(napping, [1000, 1000]);
      await runtime.advance(999);
      expect(runtime.now()).toBe(START + 999);
      expect((await run.events()).filter(({ type }) => type === 'wait-fired')).toHaveLength(0);
      await runtime.advance('1ms');
      expect((await run.events()).filter(({ type }) => type === 'wait-fired')).toHaveLength(1);
      await runtime.advance(new Date(START + 5000));
      expect(runtime.now()).toBe(START + 5000);
      expect(await run.status()).toBe('completed');
      await runtime.advance(0);
      await runtime.advance(new Date(START));
      expect(runtime.now()).toBe(START + 5000);
      await expect(runtime.advance(-1)).rejects.toThrow(MisuseError);
    }));

  it('passes until all is idle', () =>
    withRuntime(async (runtime) => {
      const waiting = durable(async ($) => {
        await $.sleep('sleep', sleep)('7 days');
        return $.call('waitFor', waitFor)('x');
      });
      const [a, b] = await Promise.all([runtime.start(napping, [5, 5]), runtime.start(waiting, [])]);
      await runtime.idle();
      expect([await a.status(), await b.status()]).toEqual(['completed', 'running']);
      expect(runtime.now()).toBe(START + 7 * 86_400_000);
    }));

  it('begins when it is told to, or now', async () => {
    const before = Date.now();
    await withRuntime(async (runtime) => expect(runtime.now()).toBe(START), { now: new Date(START) });
    const runtime = createTestRuntime();
    expect(runtime.now()).toBeGreaterThanOrEqual(before);
    await runtime.close();
    expect(() => createTestRuntime({ now: new Date(Number.NaN) })).toThrow(MisuseError);
  });

  it('goes on in schedules', () =>
    withRuntime(async (runtime) => {
      const days: number[] = [];
      const daily = durable(
        async ($) => void (await $.call('note', async (n: number) => days.push(n))($.now())),
      );
      const schedule = await runtime.schedule('daily', { cron: '0 3 * * *' }, daily, []);
      await runtime.advance('3 days');
      expect(days.map((at) => new Date(at).toISOString())).toEqual([
        '2030-01-01T03:00:00.000Z',
        '2030-01-02T03:00:00.000Z',
        '2030-01-03T03:00:00.000Z',
      ]);
      schedule.stop();
    }));

  it('ends a run that takes too long', () =>
    withRuntime(async (runtime) => {
      const run = await runtime.start(napping, [YEAR], { timeout: '1 day' });
      await expect(run.result()).rejects.toThrow(TimeoutError);
      expect(runtime.now()).toBe(START + 86_400_000);
    }));
});

describe('what comes from outside', () => {
  const asking = durable(async ($) => {
    await $.sleep('sleep', sleep)('2 days');
    const callback = (await $.call('createCallback', createCallback)({ timeout: '1 day' })) as Callback;
    return $.method('callback.result', callback, 'result')();
  });

  it('callbacks', () =>
    withRuntime(async (runtime) => {
      const run = await runtime.start(asking, []);
      const token = await run.callback();
      expect(token).toMatch(/^[\w-]{22}$/);
      await runtime.complete(token, 'approved');
      expect(await run.result()).toBe('approved');
      const other = await runtime.start(asking, []);
      await runtime.fail(await other.callback('createCallback'), new RangeError('no'));
      await expect(other.result()).rejects.toThrow(RangeError);
      await expect((await runtime.start(asking, [])).result()).rejects.toThrow(TimeoutError);
    }));

  it('signals, as often as it takes', () =>
    withRuntime(async (runtime) => {
      const fn = durable(async ($) => {
        const seen: unknown[] = [];
        for await (const value of $.iterate($.call('signals', signals)('n')) as AsyncIterable<unknown>) {
          if (value === 'stop') return seen;
          seen.push(value);
        }
        return undefined;
      });
      const run = await runtime.start(fn, []);
      for (const value of [1, 2, 'stop']) await run.signal('n', value);
      expect(await run.result()).toEqual([1, 2]);
    }));

  it('cancellation', () =>
    withRuntime(async (runtime) => {
      const run = await runtime.start(asking, []);
      await run.waitUntil('createCallback:result');
      await run.cancel('enough');
      await expect(run.result()).rejects.toThrow(CancelledError);
      expect(runtime.now()).toBe(START + 2 * 86_400_000);
    }));

  it('other runs', () =>
    withRuntime(async (runtime) => {
      const fn = durable(async ($) => {
        const child = (await $.call('startChild', startChild)(asking, [], { id: 'child' })) as {
          result(): Promise<unknown>;
        };
        return $.method('child.result', child, 'result')();
      });
      const run = await runtime.start(fn, []);
      await run.waitUntil('startChild:result');
      const child = await runtime.get('child');
      await runtime.complete((await child?.callback()) ?? '', 'from below');
      expect(await run.result()).toBe('from below');
    }));

  it('a step that hangs can be waited for', () =>
    withRuntime(async (runtime) => {
      const fn = durable(async ($) => $.call('hang', () => new Promise(() => {}))());
      const run = await runtime.start(fn, []);
      await run.waitUntil('hang');
      await run.cancel();
      await expect(run.result()).rejects.toThrow(CancelledError);
    }));

  it.each([
    ['a run that ends', durable(async ($) => $.call('one', async () => 1)()), 'completed'],
    [
      'a run that is blocked',
      durable(async () => {
        throw new Error('x');
      }),
      'failed',
    ],
    ['a run that waits for something else', durable(async ($) => $.call('one', waitFor)('x')), 'waits for'],
  ])('what %s never gets to is said', (_what, fn, why) =>
    withRuntime(async (runtime) => {
      const run = await runtime.start(fn, [], { id: 'r' });
      const error: unknown = await run.waitUntil('oen').catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NeverError);
      expect((error as Error).message).toContain('The run "r" never got to "oen"');
      expect((error as Error).message).toContain(why);
      if (why !== 'failed') expect((error as Error).message).toContain('asked for "one" so far');
      await expect(run.callback('nothing')).rejects.toThrow(NeverError);
    }),
  );
});

describe('steps', () => {
  const charge = async (amount: number): Promise<string> => `charged ${amount}`;
  const order = durable(
    async ($, amounts: number[]) => {
      const first = await $.call('chargeCard', charge)(amounts[0] ?? 0);
      const mapped = await $.combinator(
        'Promise.all',
        'all',
      )(
        amounts.map(async (amount) => {
          const $1 = $.open('amounts.map');
          return $1.call('chargeCard#2', charge)(amount);
        }),
      );
      const named = await $.step('"refund"', step)('refund', async () => 'refunded');
      return [first, mapped, named];
    },
    { steps: [site('chargeCard'), site('chargeCard#2'), site('"refund"')] },
  );

  it('are replaced by id, for all places or for one', () =>
    withRuntime(
      async (runtime) => {
        const run = await runtime.start(order, [[1, 2]], { id: 'r' });
        expect(await run.result()).toEqual(['all 1', ['all 1', 'second 2'], 'no refund']);
        expect(runtime.calls('chargeCard').map(({ key, args }) => [key, ...args])).toEqual([
          ['chargeCard', 1],
          ['amounts.map/chargeCard#2', 1],
          ['amounts.map[1]/chargeCard#2', 2],
        ]);
        expect(runtime.calls('chargeCard#2')).toHaveLength(2);
        expect(runtime.calls('refund')).toMatchObject([{ runId: 'r', key: '"refund"', args: [] }]);
        expect(runtime.calls()).toHaveLength(4);
        expect(() => runtime.calls('nothing')).toThrow(/calls\(\) names "nothing"/);
      },
      {
        steps: {
          chargeCard: async (amount: number) => `all ${amount}`,
          'amounts.map[1]/chargeCard#2': async (amount: number) => `second ${amount}`,
          refund: () => 'no refund',
        },
      },
    ));

  it('are replaced in one function, from now on', () =>
    withRuntime(async (runtime) => {
      const real = await runtime.start(order, [[1]]);
      expect(await real.result()).toEqual(['charged 1', ['charged 1'], 'refunded']);
      const other = durable(async ($) => $.call('chargeCard', charge)(7));
      runtime.mock(order, 'chargeCard', () => Promise.reject(new RangeError('declined')));
      await expect((await runtime.start(order, [[1]])).result()).rejects.toThrow(RangeError);
      expect(await (await runtime.start(other, [])).result()).toBe('charged 7');
    }));

  it('with a policy keep it', () =>
    withRuntime(async (runtime) => {
      const fn = durable(
        async ($) =>
          $.call('flaky', withPolicy(charge, { retry: { attempts: 3, delay: '1 minute', jitter: 0 } }))(5),
        { steps: [site('flaky')] },
      );
      const flaky = vi.fn(async () => 'at last').mockRejectedValueOnce(new Error('first'));
      runtime.mock(fn, 'flaky', flaky);
      const run = await runtime.start(fn, []);
      expect(await run.result()).toBe('at last');
      expect(flaky.mock.calls).toEqual([[5], [5]]);
      expect(runtime.calls('flaky')).toHaveLength(2);
      expect(runtime.now()).toBe(START + 60_000);
    }));

  it('that are not awaited where they stand, and chains, are replaced too', () =>
    withRuntime(
      async (runtime) => {
        const fn = durable(
          async ($) => {
            const started = $.start('charge', charge)(1) as Promise<string>;
            const helper = $.start('double', (n: number) => n * 2)(4);
            const chained = await $.chain('fetch', charge, ['url'], (head) =>
              (head as Promise<string>).then((text) => text.length),
            );
            return [await started, helper, chained];
          },
          { steps: [site('charge'), site('double'), site('fetch')] },
        );
        const run = await runtime.start(fn, []);
        expect(await run.result()).toEqual(['started', 9, 404]);
        expect(runtime.calls('fetch')[0]?.args).toEqual(['url']);
      },
      { steps: { charge: async () => 'started', double: () => 9, fetch: () => 404 } },
    ));

  it('that do not exist are a mistake', async () => {
    await withRuntime(async (runtime) => {
      expect(() => runtime.mock(order, 'chargeCrad', charge)).toThrow(/no step "chargeCrad".*chargeCard/);
      expect(() => runtime.mock(charge, 'chargeCard', charge)).toThrow(NotCompiledError);
      expect(() => runtime.mock(order, 'chargeCard', 'x' as never)).toThrow(MisuseError);
      runtime.mock(order, 'amounts.map[3]/chargeCard#2', charge);
      runtime.mock(order, 'refund', charge);
    });
    expect(() => createTestRuntime({ steps: { chargeCard: 'x' as never } })).toThrow(MisuseError);
  });
});

describe('the rest of a runtime', () => {
  it('is there, with handles of the kit', () =>
    withRuntime(async (runtime) => {
      const fn = durable(
        async ($, n: number) => {
          await $.sleep('sleep', sleep)('1 day');
          return n;
        },
        { id: 'rest' },
      );
      const run = await runtime.start(fn, [1], { id: 'first' });
      expect(await (await runtime.get('first'))?.result()).toBe(1);
      expect(await (await runtime.rerun('first', { id: 'second' })).result()).toBe(1);
      expect((await runtime.list()).map(({ id }) => id)).toEqual(['first', 'second']);
      expect(await runtime.recover()).toEqual([]);
      expect(await runtime.get('third')).toBeUndefined();
      expect(JSON.parse(await run.exportJournal())).toMatchObject({ id: 'first', fn: 'rest' });
      await runtime.advance('2 days');
      expect(await runtime.prune('1 day')).toBe(2);
      setDefaultRuntime(runtime);
      try {
        expect(await fn(5)).toBe(5);
      } finally {
        setDefaultRuntime(undefined);
      }
    }));

  it('resumes a blocked run with other code', () =>
    withRuntime(
      async (runtime) => {
        let broken = true;
        const fn = durable(async ($) => {
          if (broken) throw new Error('broken');
          return $.call('work', async () => 'works')();
        });
        const run = await runtime.start(fn, [], { id: 'r' });
        await expect(run.result()).rejects.toThrow('broken');
        broken = false;
        await expect((await runtime.resume('r')).result()).resolves.toBe('works');
      },
      { onBlocked: () => {} },
    ));
});
