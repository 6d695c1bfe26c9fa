import { describe, expect, it } from 'vitest';
import { CancelledError, createRuntime, memoryStore, sleep } from '../../../../runtime/index.ts';
import { crashSweep, createTestRuntime } from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';
import { execute } from '../../../support/crash.ts';

describe('AbortSignal.timeout in a durable function', () => {
  it('counts from its call, whatever crashes come between', async () => {
    const fn = durable(async ($) => {
      const limit = $.deadline('AbortSignal.timeout')(3_600_000);
      let rounds = 0;
      for (; !limit.aborted; rounds++) await $.sleep('sleep', sleep)('7 minutes');
      return { rounds, now: $.now(), reason: (limit.reason as DOMException).name };
    });
    const sweep = await crashSweep(fn, [], { now: 0 });
    const value = { rounds: 9, now: 63 * 60_000, reason: 'TimeoutError' };
    expect(sweep.outcome).toEqual({ status: 'fulfilled', value });
    expect(sweep.crashes).toBeGreaterThan(15);
  });

  it('is a wait at the same place on each replay, and a step that goes on sees the signal', async () => {
    const seen: boolean[] = [];
    const work = (signal: AbortSignal): Promise<string> => {
      seen.push(signal.aborted);
      return new Promise((_, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    const fn = durable(async ($) => {
      const limit = $.deadline('AbortSignal.timeout')(20);
      const outcome = await ($.call('work', work)(limit) as Promise<string>).catch((error: unknown) => error);
      return (outcome as DOMException).message;
    });
    const { outcome, events } = await execute(fn);
    const message = 'The operation was aborted due to timeout';
    expect(outcome).toEqual({ status: 'fulfilled', value: message });
    expect(events.map(({ type }) => type)).toEqual([
      'run-started',
      'wait-set',
      'wait-fired',
      'step',
      'run-ended',
    ]);
    expect(seen).toEqual([false]);
  });

  it('costs no event where it is made for a step', async () => {
    const work = async (options: { signal: AbortSignal }): Promise<boolean> => options.signal.aborted;
    const fn = durable(async ($) =>
      $.call('work', work)({ signal: $.deadline('AbortSignal.timeout', true)(5_000) }),
    );
    const { outcome, events } = await execute(fn);
    expect(outcome).toEqual({ status: 'fulfilled', value: false });
    expect(events.map(({ type }) => type)).toEqual(['run-started', 'step', 'run-ended']);
  });

  it('is durable after all where what seemed to be a step is workflow code', async () => {
    const inner = durable(async ($, options: { signal: AbortSignal }, signal: AbortSignal) => {
      await $.sleep('sleep', sleep)('1 hour');
      return [options.signal.aborted, signal.aborted];
    });
    const fn = durable(async ($) =>
      $.call('inner', inner)(
        { signal: $.deadline('AbortSignal.timeout', true)(60_000) },
        $.deadline('AbortSignal.timeout', true)(7_200_000),
      ),
    );
    const sweep = await crashSweep(fn, [], { now: 0 });
    expect(sweep.outcome).toEqual({ status: 'fulfilled', value: [true, false] });
  });

  it('is aborted with the error of a cancelled run', async () => {
    const fn = durable(async ($) => {
      const limit = $.deadline('AbortSignal.timeout')(3_600_000);
      await new Promise((_, reject) => limit.addEventListener('abort', () => reject(limit.reason)));
    });
    const runtime = createRuntime({ store: memoryStore() });
    try {
      const run = await runtime.start(fn, []);
      await run.cancel('enough');
      await expect(run.result()).rejects.toThrow(CancelledError);
    } finally {
      await runtime.close();
    }
  });

  it('does not keep a run that has ended', async () => {
    const runtime = createTestRuntime({ now: 0 });
    const fn = durable(async ($) => $.deadline('AbortSignal.timeout')(3_600_000).aborted);
    const run = await runtime.start(fn, []);
    expect(await run.result()).toBe(false);
    expect(runtime.now()).toBe(0);
    await runtime.close();
  });

  it('refuses what is no time, as the platform does', async () => {
    const fn = durable(async ($, ms: number) => $.deadline('AbortSignal.timeout')(ms).aborted);
    for (const ms of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const { outcome } = await execute(fn, [ms]);
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_OUT_OF_RANGE' } });
    }
  });
});
