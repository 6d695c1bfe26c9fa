import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { retryDelay } from '../../../../runtime/functions/policy.ts';
import {
  createRuntime,
  currentStep,
  FatalError,
  MisuseError,
  memoryStore,
  StepInterruptedError,
  type StepPolicy,
  step,
  TimeoutError,
  withPolicy,
} from '../../../../runtime/index.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { durable } from '../../../support/compiled.ts';
import { crashEverywhere, execute, recover } from '../../../support/crash.ts';
import { effect, later } from '../../../support/effects.ts';

const soon = { delay: 1, jitter: 0 } as const;

/** Fails so many times, counted over crashes by the number of the attempt. */
function failing(times: number, make: (attempt: number) => unknown = (n) => new RangeError(`no ${n}`)) {
  return async (): Promise<string> => {
    const { attempt } = currentStep();
    effect(`attempt ${attempt}`);
    await later(1, undefined);
    if (attempt <= times) throw make(attempt);
    return `done in ${attempt}`;
  };
}

const typesOf = (events: readonly JournalEvent[]): string[] => events.map(({ type }) => type);

describe('retries', () => {
  it('call a step again until it succeeds, also over crashes', async () => {
    const flaky = withPolicy(failing(2), { retry: { attempts: 5, ...soon } });
    const fn = durable(async ($) => [await $.call('flaky', flaky)(), await $.call('flaky', flaky)()]);
    const run = await crashEverywhere(fn);
    expect(run.outcome).toEqual({ status: 'fulfilled', value: ['done in 3', 'done in 3'] });
    expect(typesOf(run.events)).toEqual([
      'run-started',
      'attempt-failed',
      'attempt-failed',
      'step',
      'attempt-failed',
      'attempt-failed',
      'step',
      'run-ended',
    ]);
  });

  it('end with the last error, as it was thrown', async () => {
    const flaky = withPolicy(failing(9), { retry: { attempts: 3, ...soon } });
    const fn = durable(async ($) => {
      try {
        return await $.call('flaky', flaky)();
      } catch (error) {
        return [error instanceof RangeError, (error as Error).message];
      }
    });
    const run = await crashEverywhere(fn);
    expect(run.outcome).toEqual({ status: 'fulfilled', value: [true, 'no 3'] });
  });

  it('go on where they were: a crash in a backoff does not start it over', async () => {
    const flaky = withPolicy(failing(1), { retry: { attempts: 2, delay: 40, jitter: 0 } });
    const fn = durable(async ($) => $.call('flaky', flaky)());
    const whole = await execute(fn);
    const failed = whole.events[1];
    if (failed?.type !== 'attempt-failed') throw new Error('the first attempt fails');
    const past = { ...failed, retryAt: failed.at };
    const second = await recover([whole.events[0]!, past]);
    expect(second.effects.map(({ name }) => name)).toEqual(['attempt 2']);
    const again = second.events.at(-2);
    // The due time is what the journal says, not a new backoff from the time of the restart.
    expect(again).toMatchObject({ type: 'step', ok: true, attempt: 2 });
  });

  it('stop at a FatalError, at what retryIf refuses, and at a result that cannot be carried', async () => {
    const cases: readonly (readonly [fn: AnyFunction, policy: StepPolicy, message: RegExp])[] = [
      [failing(9, () => new FatalError('over')), { retry: { attempts: 5, ...soon } }, /over/],
      [failing(9), { retry: { attempts: 5, ...soon, retryIf: (_, attempt) => attempt < 2 } }, /no 2/],
      [
        failing(9),
        {
          retry: {
            attempts: 5,
            ...soon,
            retryIf: () => {
              throw new Error('a mistake in the question');
            },
          },
        },
        /no 1/,
      ],
      [async () => () => 1, { retry: { attempts: 5, ...soon } }, /result is a function|can't be written/],
    ];
    for (const [call, policy, message] of cases) {
      const fn = durable(async ($) => $.call('call', withPolicy(call, policy))());
      const { outcome, events } = await execute(fn);
      expect(outcome).toMatchObject({ status: 'rejected' });
      expect(String((outcome as PromiseRejectedResult).reason)).toMatch(message);
      expect(events.filter(({ type }) => type === 'attempt-failed').length).toBe(
        message.source === 'no 2' ? 1 : 0,
      );
    }
  });

  it('of step(name, fn, policy), and of calls that are awaited later', async () => {
    const fn = durable(async ($) => {
      const begun = $.start('flaky', withPolicy(failing(1), { retry: { attempts: 2, ...soon } }))();
      const named = await $.step('"by hand"', step)('by hand', failing(1), {
        retry: { attempts: 2, ...soon },
      });
      return [named, await begun];
    });
    const run = await crashEverywhere(fn, [], { order: 'any' });
    expect(run.outcome).toEqual({ status: 'fulfilled', value: ['done in 2', 'done in 2'] });
  });

  it('of the runtime are for steps that say nothing else', async () => {
    const runtime = createRuntime({ store: memoryStore(), stepPolicy: { retry: { attempts: 2, ...soon } } });
    const once = withPolicy(failing(9), { retry: 1 });
    const fn = durable(async ($) => {
      const begun = $.start('later', failing(1))() as Promise<unknown>;
      const results = [await $.call('flaky', failing(1))(), await begun];
      return [
        ...results,
        await ($.call('once', once)() as Promise<unknown>).catch((e: unknown) => String(e)),
      ];
    });
    const run = await runtime.start(fn, []);
    await expect(run.result()).resolves.toEqual(['done in 2', 'done in 2', 'RangeError: no 1']);
    await runtime.close();
  });
});

/** A builder of queries: it does its work when it is awaited, and its methods need their own `this`. */
class Query {
  readonly #parts: string[] = [];
  readonly #work: () => Promise<unknown>;

  constructor(work: () => Promise<unknown>) {
    this.#work = work;
  }

  from(table: string): this {
    this.#parts.push(table);
    return this;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is what query builders are
  then(done: (value: unknown) => unknown, failed: (error: unknown) => unknown): Promise<unknown> {
    return this.#work()
      .then((value) => `${this.#parts} ${value}`)
      .then(done, failed);
  }

  catch(failed: (error: unknown) => unknown): Promise<unknown> {
    return this.then((value) => value, failed);
  }
}

describe('the policy of a chain', () => {
  type Head = Promise<unknown> & Query & { json(): Promise<unknown> };
  const catching = (head: unknown): unknown => (head as Head).catch((error) => `caught ${error}`);
  const attempts = 3;
  const three = { retry: { attempts, ...soon } };

  it.each([
    ['of the function', three, undefined],
    ['of the runtime', undefined, three],
    ['of both', { retry: { attempts, ...soon } }, { retry: 9, timeout: '1 min' }],
  ] as const)('%s: what is caught is the error of the last attempt', async (_, own, stepPolicy) => {
    const runtime = createRuntime({ store: memoryStore(), ...(stepPolicy && { stepPolicy }) });
    const wrap = <F extends AnyFunction>(fn: F): F => (own === undefined ? fn : withPolicy(fn, own));
    const counts: number[] = [];
    const failing = (good: number) => async (): Promise<string> => {
      counts.push(currentStep().attempt);
      await later(1, undefined);
      if (currentStep().attempt < good) throw new RangeError('no');
      return 'yes';
    };
    const json = (good: number) => () => Object.assign(failing(good)(), { json: () => failing(good)() });
    const cases: readonly (readonly [
      fn: AnyFunction,
      link: (head: Head) => unknown,
      value: unknown,
      calls: number,
    ])[] = [
      [failing(9), catching, 'caught RangeError: no', 3],
      [failing(2), catching, 'yes', 2],
      [failing(3), (head) => head.then((text) => `${text}!`).catch(String), 'yes!', 3],
      [
        () => new Query(failing(9)),
        (head) => head.from('t').catch((error) => `caught ${error}`),
        'caught RangeError: no',
        3,
      ],
      [() => new Query(failing(2)), (head) => head.from('t').from('u'), 't,u yes', 2],
      [() => new Query(failing(2)), (head) => head.from('t').then((text) => `${text}!`, String), 't yes!', 2],
      [json(9), (head) => head.json().catch(String), 'RangeError: no', 6],
    ];
    for (const [fn, link, value, calls] of cases) {
      for (const method of ['chain', 'startChain'] as const) {
        counts.length = 0;
        const run = durable(async ($) =>
          $.local('await f', $[method]('f', wrap(fn), [], link as (head: unknown) => unknown)),
        );
        expect(await (await runtime.start(run, [])).result()).toBe(value);
        expect(counts).toHaveLength(calls);
      }
    }
    await runtime.close();
  });

  it('is not for what hangs on the call, but that of the runtime is for the whole step too', async () => {
    let links = 0;
    const link = (head: unknown): unknown =>
      (head as Promise<unknown>).then(() => {
        links++;
        throw new Error('after');
      });
    const body = durable(async ($) => $.chain('f', withPolicy(failing(0), three), [], link));
    expect((await execute(body)).outcome).toMatchObject({ status: 'rejected' });
    expect(links).toBe(1);
    const runtime = createRuntime({ store: memoryStore(), stepPolicy: three });
    const plain = durable(async ($) => $.chain('f', failing(0), [], link));
    await expect((await runtime.start(plain, [])).result()).rejects.toThrow('after');
    expect(links).toBe(4);
    await runtime.close();
  });

  it('says at most once: what hangs on the call learns that it was interrupted', async () => {
    const once = withPolicy(failing(0), { atMostOnce: true });
    const fn = durable(async ($) => $.chain('f', once, [], (head) => catching(head)));
    const whole = await execute(fn);
    expect(typesOf(whole.events)).toEqual(['run-started', 'step-started', 'step', 'run-ended']);
    const second = await recover(whole.events.slice(0, 2));
    expect(second.outcome).toMatchObject({
      status: 'fulfilled',
      value: expect.stringMatching(/^caught StepInterruptedError: The step "f" is called at most once/),
    });
    expect(second.effects).toEqual([]);
  });

  it('is that of a function which a call gives', async () => {
    const handlers = new Map([['pay', withPolicy(failing(2), three)]]);
    const call = (head: unknown): unknown => (head as AnyFunction)('x');
    const fn = durable(async ($) => [
      await $.chain('handlers.get', handlers.get.bind(handlers), ['pay'], call),
      await $.chain('handlers.get', handlers.get.bind(handlers), ['pay'], (head) => catching(call(head))),
    ]);
    expect((await crashEverywhere(fn)).outcome).toEqual({
      status: 'fulfilled',
      value: ['done in 3', 'done in 3'],
    });
    const late = () => withPolicy(failing(0), { atMostOnce: true });
    const refused = durable(async ($) => $.chain('late', late, [], call));
    expect(String(((await execute(refused)).outcome as PromiseRejectedResult).reason)).toMatch(
      /^MisuseError: The step "late" calls a function that it gets from another call/,
    );
  });
});

describe('withPolicy', () => {
  it('of a function that has a policy: what the last says goes before, option by option', async () => {
    const inner = withPolicy(failing(1), { retry: 1, timeout: 5_000 });
    const outer = withPolicy(inner, { retry: { attempts: 2, ...soon } });
    const fn = durable(async ($) => [
      await $.call('outer', outer)(),
      await ($.call('inner', inner)() as Promise<unknown>).catch(String),
    ]);
    expect((await execute(fn)).outcome).toEqual({
      status: 'fulfilled',
      value: ['done in 2', 'RangeError: no 1'],
    });
    const slow = withPolicy(
      withPolicy(() => later(200, 1), { timeout: 10 }),
      { retry: 1 },
    );
    const run = durable(async ($) => $.call('slow', slow)());
    expect((await execute(run)).outcome).toMatchObject({ reason: { name: 'TimeoutError' } });
  });

  it('refuses what is no function that can be called again', () => {
    const refused = [
      async function* pages() {},
      function* items() {},
      class Client {},
    ] as unknown as AnyFunction[];
    for (const fn of refused) expect(() => withPolicy(fn, { retry: 2 })).toThrow(MisuseError);
    const Old = function (this: { n: number }, n: number) {
      this.n = n;
    } as unknown as new (
      n: number,
    ) => { n: number };
    const Wrapped = withPolicy(Old as never, { retry: 2 }) as unknown as typeof Old;
    expect(new Wrapped(3).n).toBe(3);
  });

  it('is kept by bind, call and apply, wherever those are called', async () => {
    const flaky = withPolicy(
      async function (this: { tag: string }, a: number, b: number) {
        const text = await failing(1)();
        return `${this.tag} ${a} ${b} ${text}`;
      },
      { retry: { attempts: 2, ...soon } },
    );
    const self = { tag: 'self' };
    const bound = flaky.bind(self, 1).bind(null);
    const { apply, call } = Function.prototype;
    const fn = durable(async ($) => [
      await $.call('bound', bound)(2),
      await $.method('flaky.call', flaky, 'call')(self, 1, 2),
      await $.call('call', call, flaky)(self, 1, 2),
      await $.method('call.call', call, 'call')(flaky, self, 1, 2),
      await $.call('apply', apply, flaky)(self, [1, 2]),
      await $.method('Reflect.apply', Reflect, 'apply')(flaky, self, [1, 2]),
      await $.method('Reflect.apply', Reflect, 'apply')(apply, flaky, [self, [1, 2]]),
    ]);
    const { outcome } = await execute(fn);
    expect(outcome).toEqual({ status: 'fulfilled', value: Array(7).fill('self 1 2 done in 2') });
    const wrong = durable(async ($) => $.method('flaky.apply', flaky, 'apply')(self, 5));
    expect((await execute(wrong)).outcome).toMatchObject({ reason: { name: 'TypeError' } });
  });
});

describe('the time between two attempts', () => {
  const delays = (retry: StepPolicy['retry'], random: number, count: number): (number | undefined)[] =>
    Array.from({ length: count }, (_, i) => retryDelay({ retry: retry! }, new Error(), i + 1, () => random));

  it.each([
    ['doubles from a second, with half of it at random', 9, 0, 4, [1_000, 2_000, 4_000, 8_000]],
    ['is at least half', 9, 1, 4, [500, 1_000, 2_000, 4_000]],
    ['is a minute at most', 9, 0, 8, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]],
    ['ends with the attempts', 3, 0, 4, [1_000, 2_000, undefined, undefined]],
    ['grows by the factor', { attempts: 9, delay: '2s', factor: 3, jitter: 0 }, 1, 3, [2_000, 6_000, 18_000]],
    ['has a cap', { attempts: 9, delay: 50, maxDelay: 120, jitter: 0 }, 1, 4, [50, 100, 120, 120]],
    [
      'is never cut by a cap that nobody set',
      { attempts: 9, delay: '5 minutes', jitter: 0 },
      0,
      2,
      [300_000, 300_000],
    ],
    ['may be nothing', { attempts: 9, delay: 0 }, 0.5, 2, [0, 0]],
  ] as const)('%s', (_what, retry, random, count, expected) => {
    expect(delays(retry, random, count)).toEqual(expected);
  });

  it('stays at its cap for ever', () => {
    const policy = { retry: { attempts: Number.POSITIVE_INFINITY, jitter: 0 } };
    expect(retryDelay(policy, new Error(), 10_000)).toBe(60_000);
    expect(retryDelay(undefined, new Error(), 1)).toBeUndefined();
  });
});

describe('timeouts', () => {
  it('end an attempt with a TimeoutError and abort its signal', async () => {
    const slow = withPolicy(
      async () => {
        const { signal } = currentStep();
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
      { timeout: 5 },
    );
    const deaf = withPolicy(async () => new Promise(() => {}), { timeout: 5 });
    const fn = durable(async ($) => {
      const seen: unknown[] = [];
      for (const [name, call] of Object.entries({ slow, deaf })) {
        await ($.call(name, call)() as Promise<unknown>).catch((error: unknown) => {
          seen.push(error instanceof TimeoutError, (error as Error).message);
        });
      }
      return seen;
    });
    const run = await crashEverywhere(fn);
    const message = (name: string): string => `The step "${name}" took longer than 5 ms.`;
    expect(run.outcome).toEqual({
      status: 'fulfilled',
      value: [true, message('slow'), true, message('deaf')],
    });
  });

  it('may be retried, and do not touch what is fast enough', async () => {
    const slowFirst = withPolicy(async () => (currentStep().attempt === 1 ? new Promise(() => {}) : 'fast'), {
      timeout: 5,
      retry: { attempts: 2, ...soon },
    });
    const fn = durable(async ($) => [
      await $.call('slowFirst', slowFirst)(),
      await $.call(
        'sync',
        withPolicy(() => 7, { timeout: 5 }),
      )(),
    ]);
    const { outcome } = await crashEverywhere(fn);
    expect(outcome).toEqual({ status: 'fulfilled', value: ['fast', 7] });
  });
});

describe('at most once', () => {
  const pay = withPolicy(
    async (amount: number) => {
      effect('pay');
      return later(1, `paid ${amount}`);
    },
    { atMostOnce: true },
  );

  it('records the start, and does not start again what was interrupted', async () => {
    const fn = durable(async ($) => {
      try {
        return await $.call('pay', pay)(5);
      } catch (error) {
        return [error instanceof StepInterruptedError, (error as StepInterruptedError).key];
      }
    });
    const whole = await execute(fn);
    expect(whole.outcome).toEqual({ status: 'fulfilled', value: 'paid 5' });
    expect(typesOf(whole.events)).toEqual(['run-started', 'step-started', 'step', 'run-ended']);
    const before = await recover(whole.events.slice(0, 1));
    expect(before.outcome).toEqual({ status: 'fulfilled', value: 'paid 5' });
    const during = await recover(whole.events.slice(0, 2));
    expect(during.outcome).toEqual({ status: 'fulfilled', value: [true, 'pay'] });
    expect(during.effects).toEqual([]);
    const replayed = await recover(during.events.slice(0, -1));
    expect(replayed.outcome).toEqual(during.outcome);
    const after = await recover(whole.events.slice(0, 3));
    expect([after.outcome, after.effects]).toEqual([whole.outcome, []]);
  });

  it('tries again what is known to have failed', async () => {
    const flaky = withPolicy(failing(1), { atMostOnce: true, retry: { attempts: 2, ...soon } });
    const fn = durable(async ($) => $.call('flaky', flaky)());
    const { events, outcome } = await execute(fn);
    expect(outcome).toEqual({ status: 'fulfilled', value: 'done in 2' });
    expect(typesOf(events)).toEqual([
      'run-started',
      'step-started',
      'attempt-failed',
      'step-started',
      'step',
      'run-ended',
    ]);
    const inBackoff = await recover(events.slice(0, 3));
    expect(inBackoff.outcome).toEqual(outcome);
  });
});

describe('withPolicy', () => {
  it('gives a function that looks like the one it was given', () => {
    function charge(this: unknown, a: number, b: number): unknown {
      return [this, a + b];
    }
    const policed = withPolicy(charge, { retry: 3 });
    expect([policed.name, policed.length]).toEqual(['charge', 2]);
    const self = {};
    expect(policed.call(self, 1, 2)).toEqual([self, 3]);
  });

  it.each([
    [{ retry: 0 }, /attempts must be a whole number/],
    [{ retry: 1.5 }, /attempts/],
    [{ retry: { attempts: 2, factor: 0.5 } }, /factor/],
    [{ retry: { attempts: 2, jitter: 2 } }, /jitter/],
    [{ retry: { attempts: 2, delay: 'soon' } }, /delay\('soon'\): not a duration/],
    [{ retry: { attempts: 2, maxDelay: -1 } }, /maxDelay/],
    [{ retry: { attempts: 2, retryIf: true } }, /retryIf/],
    [{ timeout: new Date() }, /give a length of time/],
    [{ timeout: '30 days' }, /24 days/],
    [{ atMostOnce: 'yes' }, /atMostOnce/],
    [null, /must be an object/],
  ])('refuses %j', async (policy, message) => {
    expect(() => withPolicy(() => 1, policy as never)).toThrow(MisuseError);
    expect(() => withPolicy(() => 1, policy as never)).toThrow(message);
    const fn = durable(async ($) => $.step('step', step)(() => 1, policy as never));
    const { outcome } = await execute(fn);
    expect(String((outcome as PromiseRejectedResult).reason)).toMatch(message);
  });

  it('refuses what is no function, and durable functions', () => {
    expect(() => withPolicy(7 as never, {})).toThrow(MisuseError);
    expect(() =>
      withPolicy(
        durable(async () => 1),
        {},
      ),
    ).toThrow(/is a durable function/);
  });

  it('is refused as a default where it can not be one', () => {
    const create = (stepPolicy: unknown) => () =>
      createRuntime({ store: memoryStore(), stepPolicy: stepPolicy as never });
    expect(create({ atMostOnce: true })).toThrow(/belongs to single steps/);
    expect(create({ retry: -1 })).toThrow(/attempts/);
  });
});
