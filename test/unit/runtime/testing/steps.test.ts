/** What stands in the place of steps: names, time, and what is told of them. */
import { describe, expect, it, vi } from 'vitest';
import {
  CancelledError,
  MisuseError,
  RuntimeClosedError,
  sleep,
  step,
  TimeoutError,
  waitFor,
  withPolicy,
} from '../../../../runtime/index.ts';
import { createTestRuntime, hanging, lasting } from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';

const site = (id: string) => ({ id, kind: 'step', line: 1, column: 1 }) as const;
const charge = async (amount: number): Promise<string> => `charged ${amount}`;
const fn = durable(
  async ($, amount: number) => [
    await $.call('bank.chargeCard', charge)(amount),
    await $.call('bank.chargeCard#2', charge)(amount),
  ],
  { steps: [site('bank.chargeCard'), site('bank.chargeCard#2')], id: 'steps-test' },
);

describe('names', () => {
  it.each([
    ['bank.chargeCrad', 'Did you mean "bank.chargeCard"?'],
    ['chargeCard', 'Did you mean "bank.chargeCard"?'],
    ['Bank.ChargeCard', 'Did you mean "bank.chargeCard"?'],
    ['bank.chargeCard#3', 'no durable function that has been imported has such a step'],
    ['somethingElse', 'has such a step.'],
  ])('that match nothing are a mistake: %s', async (name, hint) => {
    const runtime = createTestRuntime({ steps: { [name]: charge } });
    const error: unknown = await runtime.start(fn, [1]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MisuseError);
    expect((error as Error).message).toContain(`"${name}"`);
    expect((error as Error).message).toContain(hint);
    await expect(runtime.schedule('s', { cron: '* * * * *' }, fn, [1])).rejects.toThrow(MisuseError);
    await runtime.close();
  });

  it('that nothing was called by are told', async () => {
    const runtime = createTestRuntime({
      steps: {
        'bank.chargeCard': () => 'a',
        'bank.chargeCard#2': () => 'b',
        'items.map[3]/bank.chargeCard': charge,
      },
    });
    runtime.mock(fn, 'bank.chargeCard[7]', charge);
    expect(runtime.unused()).toHaveLength(4);
    const run = await runtime.start(fn, [1]);
    expect(await run.result()).toEqual(['a', 'b']);
    expect(runtime.unused()).toEqual(['items.map[3]/bank.chargeCard', 'bank.chargeCard[7] of steps-test']);
    await runtime.close();
  });

  it('that are computed are those of the step', async () => {
    const computed = durable(
      async ($, names: string[]) => {
        const results: unknown[] = [];
        for (const name of names) results.push(await $.step('step', step)(name, async () => name));
        return results;
      },
      { steps: [site('step')] },
    );
    const runtime = createTestRuntime({ steps: { 'step 2': () => 'two' } });
    runtime.mock(computed, 'three', () => 'three!');
    const run = await runtime.start(computed, [['one', 'step 2', 'three']]);
    expect(await run.result()).toEqual(['one', 'two', 'three!']);
    await run.waitUntil('three');
    await runtime.close();
  });

  it('replacements have the types of what they replace', async () => {
    const runtime = createTestRuntime();
    runtime.mock<typeof charge>(fn, 'bank.chargeCard', (amount) => `${amount.toFixed(2)}`);
    runtime.mock<typeof charge>(fn, 'bank.chargeCard#2', async (amount) => `${amount + 1}`);
    // @ts-expect-error: the step gives a string
    runtime.mock<typeof charge>(fn, 'bank.chargeCard#2', async () => 1);
    // @ts-expect-error: the step is given a number
    runtime.mock<typeof charge>(fn, 'bank.chargeCard#2', async (amount: string) => amount);
    const run = await runtime.start(fn, [1]);
    expect(await run.result()).toEqual(['1.00', 1]);
    await runtime.close();
  });
});

describe('steps that take time', () => {
  const limited = withPolicy(charge, {
    timeout: '10s',
    retry: { attempts: 3, delay: '1 hour', maxDelay: '1 day' },
  });
  const guarded = durable(async ($) => $.call('limited', limited)(1), { steps: [site('limited')] });

  it.each([['real'], ['fake']])('meet their timeout, with %s timers', async (kind) => {
    if (kind === 'fake') vi.useFakeTimers();
    try {
      let calls = 0;
      const slow = lasting('11s', async () => 'never');
      const steps = {
        limited: () => (++calls === 1 ? hanging() : calls === 2 ? slow() : lasting('9s', charge)(7)),
      };
      const runtime = createTestRuntime({ now: 0, steps });
      const run = await runtime.start(guarded, []);
      expect(await run.result()).toBe('charged 7');
      const failed = (await run.events()).filter(({ type }) => type === 'attempt-failed');
      expect(failed.map(({ at }) => at)).toEqual([10_000, 3_620_000]);
      expect(runtime.now()).toBe(3_620_000 + 7_200_000 + 9_000);
      await runtime.close();
      if (kind === 'fake') expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lose races, and then hold nothing up', async () => {
    const raced = durable(
      async ($) => {
        const winner = await $.combinator(
          'Promise.race',
          'race',
        )([$.call('charge', charge)(1), $.sleep('sleep', sleep)('1 hour')]);
        await $.sleep('sleep#2', sleep)('1 day');
        return winner;
      },
      { steps: [site('charge')] },
    );
    const runtime = createTestRuntime({ now: 0, steps: { charge: hanging } });
    const run = await runtime.start(raced, []);
    expect(await run.result()).toBeUndefined();
    expect(runtime.now()).toBe(25 * 3_600_000);
    await runtime.advance('1 hour');
    await runtime.close();
  });

  it('end when the run is cancelled, and so do real ones', async () => {
    const cleaned = durable(
      async ($) => {
        try {
          await $.call('charge', charge)(1);
        } finally {
          await $.sleep('sleep', sleep)('1 hour');
        }
      },
      { steps: [site('charge')] },
    );
    for (const stuck of [hanging, lasting('52 weeks', charge), () => new Promise(() => {})]) {
      const runtime = createTestRuntime({ now: 0, steps: { charge: stuck } });
      const run = await runtime.start(cleaned, []);
      await run.waitUntil('charge');
      await run.cancel();
      const told: unknown = await run.result().catch((error: unknown) => error);
      expect(told).toBeInstanceOf(CancelledError);
      expect(runtime.now()).toBe(3_600_000);
      await runtime.close({ timeoutMs: 1 });
    }
  });

  it('may take it in several parts at once', async () => {
    const steps = {
      charge: async () => {
        const parts = await Promise.all([
          lasting('1 hour', () => 1)(),
          lasting('3 hours', () => 2)(),
          later(5, 3),
        ]);
        return [...parts, await lasting('1 hour', async () => 4)()];
      },
    };
    const called = durable(async ($) => $.call('charge', charge)(1), { steps: [site('charge')] });
    const runtime = createTestRuntime({ now: 0, steps });
    expect(await (await runtime.start(called, [])).result()).toEqual([1, 2, 3, 4]);
    expect(runtime.now()).toBe(4 * 3_600_000);
    await runtime.close();
  });

  it('are called at once outside of a test runtime', async () => {
    const slow = lasting('100 hours', async (n: number) => n + 1);
    expect(await slow(1)).toBe(2);
    await expect(lasting(1, () => Promise.reject(new RangeError('x')))()).rejects.toThrow(RangeError);
    expect(() => lasting('1 parsec' as never, charge)).toThrow(MisuseError);
    expect(() => lasting(1, 5 as never)).toThrow(MisuseError);
  });
});

describe('a real step that is under way', () => {
  const stuck = durable(async ($) => $.call('charge', () => new Promise(() => {}))(), {
    steps: [site('charge')],
  });

  it.each(['real', 'fake'])('is left when the runtime is closed, with %s timers', async (kind) => {
    if (kind === 'fake') vi.useFakeTimers();
    try {
      const runtime = createTestRuntime();
      const run = await runtime.start(stuck, []);
      await run.waitUntil('charge');
      const result = run.result();
      await Promise.all([
        expect(result).rejects.toThrow(RuntimeClosedError),
        runtime.close({ timeoutMs: 5 }),
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is named in a warning when the test waits for long', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const runtime = createTestRuntime();
    try {
      const run = await runtime.start(stuck, [], { id: 'slow' });
      const result = run.result().catch((error: unknown) => error);
      await vi.waitUntil(() => warnings.length > 0, { timeout: 10_000 });
      expect(warnings[0]?.message).toContain('"charge" of the run "slow"');
      await runtime.close({ timeoutMs: 1 });
      expect(await result).toBeInstanceOf(RuntimeClosedError);
    } finally {
      process.off('warning', listen);
    }
  });

  it('ends in its own time', async () => {
    const slow = durable(async ($) => {
      const late = $.call('waitFor', waitFor)('x', { timeout: 1 }) as Promise<unknown>;
      const done = await $.call('later', later)(20, 'done');
      return [done, await late.catch((error: unknown) => error instanceof TimeoutError)];
    });
    const runtime = createTestRuntime({ now: 0 });
    expect(await (await runtime.start(slow, [])).result()).toEqual(['done', true]);
    expect(runtime.now()).toBe(1);
    await runtime.close();
  });
});
