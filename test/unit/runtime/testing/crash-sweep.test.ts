import { describe, expect, it, vi } from 'vitest';
import {
  type Callback,
  CancelledError,
  type ChildRun,
  createCallback,
  MisuseError,
  NotCompiledError,
  registerClass,
  signals,
  sleep,
  startChild,
  step,
  TimeoutError,
  waitFor,
  withPolicy,
} from '../../../../runtime/index.ts';
import {
  CrashSweepError,
  type CrashSweepOptions,
  crashSweep,
  NeverError,
} from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';

const sites = (...ids: string[]) => ({
  steps: ids.map((id) => ({ id, kind: 'step', line: 1, column: 1 }) as const),
});

const charge = async (amount: number): Promise<string> => `charged ${amount}`;

/** The message of the difference that a sweep finds. */
async function differenceOf(
  fn: (...args: unknown[]) => Promise<unknown>,
  options: CrashSweepOptions = {},
): Promise<string> {
  const error: unknown = await crashSweep(fn, [], options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CrashSweepError);
  return (error as Error).message;
}

describe('crashSweep finds nothing wrong', () => {
  it('with steps and sleeps, and calls each step once', async () => {
    const called = vi.fn(charge);
    const fn = durable(async ($, amount: number) => {
      const first = await $.call('charge', called)(amount);
      await $.sleep('sleep', sleep)('365 days');
      const second = await $.call('charge#2', called)(amount + 1);
      return { first, second, at: $.date(), id: $.randomUUID() };
    });
    const sweep = await crashSweep(fn, [1], { now: 0 });
    expect(sweep.outcome).toMatchObject({
      value: { first: 'charged 1', second: 'charged 2', at: new Date(365 * 86_400_000) },
    });
    expect(sweep.crashes).toBe(5);
    expect(sweep.lives).toBe(5);
    expect(called.mock.calls).toEqual([[1], [2]]);
  });

  it('with steps whose results are new each time they are called', async () => {
    let n = 0;
    const random = async (): Promise<number> => {
      await later(1, undefined);
      return ++n * Math.random();
    };
    const fn = durable(async ($) => [
      await $.call('random', random)(),
      await $.combinator('Promise.all', 'all')([1, 2, 3].map(() => $.call('random#2', random)())),
    ]);
    await crashSweep(fn, []);
    expect(n).toBe(4);
  });

  it('with races that depend on how long steps take', async () => {
    const slow = (ms: number, name: string): Promise<string> => later(ms, name);
    const fn = durable(async ($) => {
      const order: unknown[] = [];
      const work = async (ms: number): Promise<void> => {
        const $1 = $.open('work');
        order.push(await $1.call('slow', slow)(ms, `${ms} a`));
        order.push(await $1.call('slow#2', slow)(ms / 2, `${ms} b`));
      };
      const winner = await $.combinator(
        'Promise.race',
        'race',
      )([$.call('slow', slow)(60, 'slow'), $.call('slow#2', slow)(10, 'fast')]);
      await $.combinator('Promise.all', 'all')([work(30), work(6), work(12)]);
      return [winner, order];
    });
    const { outcome } = await crashSweep(fn, []);
    const order = expect.arrayContaining(['6 a', '6 b', '12 a', '12 b', '30 a', '30 b']);
    expect(outcome).toMatchObject({ value: ['fast', order] });
  });

  it('with errors that are caught, and one that is not', async () => {
    class Declined extends Error {
      readonly amount: number;
      constructor(amount: number) {
        super('declined');
        this.amount = amount;
      }
    }
    const decline = async (amount: number): Promise<never> => {
      throw new Declined(amount);
    };
    const fn = durable(
      async ($) => {
        try {
          await $.call('decline', decline)(5);
        } catch (error) {
          await $.call('undo', charge)((error as Declined).amount);
        }
        throw new RangeError('over', { cause: 'all' });
      },
      { classes: () => ({ Declined }) },
    );
    const { outcome } = await crashSweep(fn, []);
    expect(outcome).toMatchObject({ reason: expect.any(RangeError) });
  });

  it('with retries, in the middle of the backoff too', async () => {
    let calls = 0;
    const flaky = withPolicy(
      async () => {
        if (++calls % 4 !== 0) throw new Error(`failure ${calls}`);
        return calls;
      },
      { retry: { attempts: 5, delay: '1 hour', jitter: 0 }, timeout: '1 minute' },
    );
    const fn = durable(async ($) => [await $.call('flaky', flaky)(), await $.call('flaky#2', flaky)()]);
    const { outcome } = await crashSweep(fn, []);
    expect(outcome).toMatchObject({ value: [4, 8] });
    expect(calls).toBe(8);
  });

  it('with chains that have a policy: what hangs on the call is tried once', async () => {
    let calls = 0;
    const policy = { retry: { attempts: 3, delay: '1 minute', jitter: 0 } } as const;
    const flaky = withPolicy(async () => {
      if (++calls % 2 !== 0) throw new Error(`failure ${calls}`);
      return calls;
    }, policy);
    const found = new Map([['flaky', flaky]]);
    const refuse = (promise: unknown): Promise<unknown> =>
      (promise as Promise<number>).then((n) => Promise.reject(new RangeError(`refused ${n}`)));
    const fn = durable(async ($) => {
      const call = (head: unknown): Promise<unknown> => (head as typeof flaky)();
      const chains = [
        () => $.chain('flaky', flaky, [], refuse),
        () => $.chain('found.get', found.get.bind(found), ['flaky'], (head) => refuse(call(head))),
        () => $.chain('found.get#2', found.get.bind(found), ['flaky'], call),
      ];
      const out: unknown[] = [];
      for (const chain of chains) {
        try {
          out.push(await chain());
        } catch (error) {
          out.push((error as Error).message);
        }
      }
      return out;
    });
    const { outcome } = await crashSweep(fn, []);
    expect(outcome).toMatchObject({ status: 'fulfilled', value: ['refused 2', 'refused 4', 6] });
  });

  it('with a step that is called at most once', async () => {
    const once = withPolicy(charge, { atMostOnce: true });
    const fn = durable(async ($) => [await $.call('once', once)(1), await $.call('charge', charge)(2)]);
    const { outcome, crashes, lives } = await crashSweep(fn, []);
    expect(outcome).toMatchObject({ value: ['charged 1', 'charged 2'] });
    expect([crashes, lives]).toEqual([3, 0]);
  });

  it('with signals, timeouts, callbacks and other runs', async () => {
    const child = durable(async ($, callback: string) => {
      await $.sleep('sleep', sleep)('1 day');
      return $.call('send', async (token: string) => token.length)(callback);
    });
    const fn = durable(async ($) => {
      const expired = await (
        $.call('waitFor', waitFor)('never', { timeout: '1 hour' }) as Promise<unknown>
      ).catch((error: unknown) => error instanceof TimeoutError);
      const go = await $.call('waitFor#2', waitFor)('go');
      const callback = (await $.call('createCallback', createCallback)({ timeout: '1 week' })) as Callback;
      const run = (await $.call('startChild', startChild)(child, [callback.token])) as ChildRun;
      const sent = await $.method('run.result', run, 'result')();
      const approved = await $.method('callback.result', callback, 'result')();
      const seen: unknown[] = [];
      for await (const value of $.iterate($.call('signals', signals)('go')) as AsyncIterable<unknown>) {
        seen.push(value);
        if (seen.length === 2) break;
      }
      return { expired, go, sent, approved, seen };
    });
    const drive = vi.fn<NonNullable<CrashSweepOptions['drive']>>(async (run, runtime) => {
      await run.waitUntil('waitFor#2');
      await run.signal('go', new Map([['n', 1n]]));
      const token = await run.callback();
      await runtime.complete(token, 'yes');
      await run.signal('go', 2);
      await run.waitUntil('signals[1]');
      await run.signal('go', 3);
    });
    const { outcome, crashes } = await crashSweep(fn, [], { drive });
    expect(outcome).toMatchObject({
      value: { expired: true, go: new Map([['n', 1n]]), sent: 22, approved: 'yes', seen: [2, 3] },
    });
    expect(drive).toHaveBeenCalledOnce();
    expect(crashes).toBeGreaterThan(12);
  });

  it('with a callback that fails, and a run that is cancelled', async () => {
    const fn = durable(async ($) => {
      const callback = (await $.call('createCallback', createCallback)()) as Callback;
      try {
        await $.method('callback.result', callback, 'result')();
      } catch (error) {
        await $.call('note', async (_: string) => {})((error as Error).message);
      }
      try {
        await $.sleep('sleep', sleep)('1 day');
      } finally {
        await $.call('release', async () => {})();
      }
    });
    const { outcome } = await crashSweep(fn, [], {
      drive: async (run, runtime) => {
        await runtime.fail(await run.callback(), new Error('rejected'));
        await run.waitUntil('sleep');
        await run.cancel('enough');
      },
    });
    expect(outcome).toMatchObject({ reason: expect.any(CancelledError) });
  });

  it('with steps that are replaced, started calls, helpers and a loser that never ends', async () => {
    const fn = durable(
      async ($) => {
        const started = $.start('charge', charge)(1) as Promise<string>;
        const helper = $.start('double', (n: number) => n * 2)(4);
        const raced = await $.combinator(
          'Promise.race',
          'race',
        )([$.call('hang', () => new Promise(() => {}))(), $.step('"quick"', step)('quick', () => 'real')]);
        return [await started, helper, raced];
      },
      sites('charge', '"quick"'),
    );
    const { outcome } = await crashSweep(fn, [], {
      steps: { charge: async () => 'mock', quick: () => 'mock too' },
    });
    expect(outcome).toMatchObject({ value: ['mock', 8, 'mock too'] });
  });

  it('with arguments that change from call to call on the inside only', async () => {
    class Client {
      calls = 0;
    }
    class Money {
      readonly cents: number;
      constructor(cents: number) {
        this.cents = cents;
      }
    }
    registerClass(Money, { id: 'sweep-money' });
    const client = new Client();
    const cycle: { self?: unknown; when: Date; money: Money } = { when: new Date(0), money: new Money(5) };
    cycle.self = cycle;
    const ask = async (to: Client, ..._: unknown[]): Promise<number> => ++to.calls;
    const fn = durable(async ($) => {
      const list = [1];
      const result = [await $.call('ask', ask)(client, list, new Set(list), new Map([[list, cycle]]))];
      list.push(2);
      result.push(await $.call('ask#2', ask)(client, list, () => 1));
      client.calls += 100;
      return result;
    });
    await crashSweep(fn, []);
  });
});

describe('crashSweep finds', () => {
  it('a result that depends on the state of the module', async () => {
    let calls = 0;
    const fn = durable(
      async ($) => {
        calls++;
        await $.call('charge', charge)(1);
        return { list: [{ total: calls }], same: true };
      },
      { id: 'sweep-result', steps: [{ id: 'charge', kind: 'step', line: 12, column: 9 }] },
    );
    expect((await differenceOf(fn)).split('\n').slice(0, 4)).toEqual([
      'crashSweep: sweep-result (test.ts:1) does something else after a crash: the result differs at ' +
        'result.list[0].total.',
      '  the crash:         right after its start',
      '  without the crash: 1',
      '  after the crash:   2',
    ]);
  });

  it('a step that is called with other arguments', async () => {
    let calls = 0;
    const fn = durable(
      async ($) => {
        const amount = ++calls;
        await $.call('first', charge)(0);
        await $.call('second', charge)(amount);
      },
      { steps: [{ id: 'first', kind: 'step', line: 7, column: 3 }] },
    );
    const message = await differenceOf(fn);
    expect(message).toContain('step "second" is called with other arguments');
    expect(message).toContain('right after its start');
    expect(message).toContain('without the crash: [ 1 ]\n  after the crash:   [ 2 ]');
  });

  it('a step that is called only after a crash, and names the event', async () => {
    let calls = 0;
    const fn = durable(
      async ($) => {
        calls++;
        await $.call('first', charge)(0);
        if (calls === 3) await $.call('third', charge)(3);
      },
      { steps: [{ id: 'first', kind: 'step', line: 7, column: 3 }] },
    );
    const message = await differenceOf(fn);
    expect(message).toContain('step "third" is called.');
    expect(message).toContain('right after event 1, the outcome of step "first" (test.ts:7:3)');
    expect(message).toContain('without the crash: it is not\n  after the crash:   it is called with [ 3 ]');
  });

  it('a step that is left out', async () => {
    let calls = 0;
    const fn = durable(async ($) => {
      const first = ++calls === 1;
      await $.call('first', charge)(0);
      if (first) await $.call('second', charge)(0);
    });
    expect(await differenceOf(fn)).toContain('step "second" is not called');
  });

  it('a run that is blocked', async () => {
    let calls = 0;
    const fn = durable(async ($) => {
      if (++calls < 3) await $.call('first', charge)(0);
      else await $.call('other', charge)(0);
    });
    const message = await differenceOf(fn);
    expect(message).toContain('the run ends in another way');
    expect(message).toContain('threw NonDeterminismError');
    expect(message).toContain('the outcome of step "first"');
  });

  it('an error in the place of a result', async () => {
    let calls = 0;
    const fn = durable(async ($) => {
      await $.call('first', charge)(0);
      if (++calls > 1) throw Object.assign(new Error('again'), { code: 7 });
      return 'fine';
    });
    const message = await differenceOf(fn);
    expect(message).toContain("without the crash: returned 'fine'");
    expect(message).toContain('after the crash:   threw Error: again { code: 7 }');
  });

  it('a run that waits for ever', async () => {
    let calls = 0;
    const fn = durable(async ($) => {
      await $.call('first', charge)(0);
      if (++calls > 1) await $.call('waitFor', waitFor)('nobody');
    });
    const message = await differenceOf(fn);
    expect(message).toContain('the run never ends');
    expect(message).toContain('it waits for "waitFor", which nothing is going to bring');
  });

  it('what shows only when the process dies after every event', async () => {
    let calls = 0;
    const fn = durable(async ($) => {
      // Right in each process that goes on to the end of the run; there are four of them after the first.
      const life = ++calls;
      for (let i = 0; i < 3; i++) await $.call('work', charge)(i);
      return life < 7;
    });
    const message = await differenceOf(fn);
    expect(message).toMatch(/after every event; this is process \d, which found \d events/);
  });

  it('a callback that is not there', async () => {
    let calls = 0;
    const fn = durable(async ($) => {
      await $.call('first', charge)(0);
      const site = ++calls === 1 ? 'createCallback' : 'createCallback#2';
      const callback = (await $.call(site, createCallback)()) as Callback;
      return $.method('callback.result', callback, 'result')();
    });
    const message = await differenceOf(fn, {
      drive: async (run, runtime) => runtime.complete(await run.callback(), 1),
    });
    expect(message).toMatch(/doesn't take what comes from outside|never ends/);
  });
});

describe('crashSweep refuses', () => {
  const polling = durable(async ($) => {
    for (let i = 0; i < 20; i++) await $.sleep('sleep', sleep)('1 hour');
  });

  it('to go on without an end', async () => {
    expect(await differenceOf(polling, { maxLives: 10 })).toMatch(
      /its end in 10 processes .* took 41 events/,
    );
    await expect(crashSweep(polling, [], { maxLives: 0 })).rejects.toThrow(MisuseError);
    await expect(crashSweep(polling, [], { now: Number.NaN })).rejects.toThrow(MisuseError);
  });

  it('a function that was not compiled, and one that waits for what nobody sends', async () => {
    await expect(crashSweep(charge, [1])).rejects.toThrow(NotCompiledError);
    const waiting = durable(async ($) => $.call('waitFor', waitFor)('x'));
    const error: unknown = await crashSweep(waiting, []).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NeverError);
    expect((error as Error).message).toContain('waits for "waitFor"');
    await expect(
      crashSweep(waiting, [], { drive: () => Promise.reject(new Error('drive failed')) }),
    ).rejects.toThrow('drive failed');
  });
});

describe('what is outside', () => {
  it('must be data that can be copied, and may be asked for asynchronously', async () => {
    const fn = durable(async ($) => $.call('charge', charge)(1));
    await expect(crashSweep(fn, [], { outside: () => charge })).rejects.toThrow(
      /outside\(\) returns can't be copied/,
    );
    await crashSweep(fn, [], { outside: async () => new Map([[{ a: 1 }, new Date(0)]]) });
  });

  it.each(['outside', 'reset', 'restart', 'drive'])('is seen by functions: %s', async (name) => {
    const fn = durable(async ($) => $.call('charge', charge)(1));
    await expect(crashSweep(fn, [], { [name]: 1 as never })).rejects.toThrow(
      `the option ${name} must be a function`,
    );
  });

  it('may depend on several steps that are called twice', async () => {
    const marks = new Set<string>();
    const fn = durable(async ($) => {
      await $.call('one', async () => void (marks.has('one') ? marks.add('again') : marks.add('one')))();
      await $.call('two', async () => void (marks.has('two') && marks.has('again') && marks.add('both')))();
      await $.call('three', async () => void marks.add('two'))();
      await $.call('four', async () => void (marks.has('two') && marks.delete('again')))();
    });
    // "again" is there only if the first is called twice, and gone at the end: no step makes a difference by itself.
    await crashSweep(fn, [], { outside: () => marks, reset: () => marks.clear() });
  });

  it('shows steps of other runs that are called twice', async () => {
    const calls: number[] = [];
    const child = durable(
      async ($, n: number) => $.call('note', async (m: number) => void calls.push(m))(n),
      {
        steps: [{ id: 'note', kind: 'step', line: 3, column: 5 }],
      },
    );
    const fn = durable(async ($) => {
      const run = (await $.call('startChild', startChild)(child, [4], { id: 'the-child' })) as ChildRun;
      await $.method('run.result', run, 'result')();
    });
    const message = await differenceOf(fn, { outside: () => calls, reset: () => calls.splice(0) });
    expect(message).toContain('the step:     "note" (test.ts:3:5) of the run "the-child"');
    expect(message).toContain('called twice: 4');
  });

  it('comes in the order in which it was taken', async () => {
    const fn = durable(async ($) => {
      const first = await $.combinator(
        'Promise.race',
        'race',
      )([$.call('charge', charge)(1), $.call('waitFor', waitFor)('go')]);
      const rest = [await $.call('waitFor#2', waitFor)('b'), await $.call('waitFor#3', waitFor)('a')];
      return [first, ...rest];
    });
    for (const name of ['go', 'b', 'a']) {
      const { outcome } = await crashSweep(fn, [], {
        drive: async (run) => {
          for (const signal of new Set([name, 'a', 'b', 'b', 'a'])) await run.signal(signal, signal);
        },
      });
      expect(outcome).toMatchObject({ value: [expect.anything(), 'b', 'a'] });
    }
  });
});
