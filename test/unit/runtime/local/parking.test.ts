import { describe, expect, it } from 'vitest';
import {
  createRuntime,
  type Handle,
  memoryStore,
  type RuntimeOptions,
  sleep,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';

/** A runtime that parks at once whatever waits for longer than `parkAfterMs`. */
const runtimeOn = (options: Partial<RuntimeOptions> = {}) =>
  createRuntime({ store: memoryStore(), parkAfterMs: 10, ...options });

/** A function that waits, and counts how often it was called and how often its steps were. */
function counted(wait: ($: Parameters<Parameters<typeof durable>[0]>[0]) => unknown) {
  const counts = { bodies: 0, steps: 0 };
  const fn = durable(async ($) => {
    counts.bodies++;
    const before = await $.call('work', async () => ++counts.steps)();
    const got = await wait($);
    return [before, got, await $.call('work', async () => ++counts.steps)()];
  });
  return { fn, counts };
}

async function parked(counts: { readonly bodies: number }, run: Handle): Promise<void> {
  expect(counts.bodies).toBe(1);
  await later(60, undefined);
  expect(await run.status()).toBe('running');
}

describe('a run that only waits', () => {
  it('for a time is dropped, and replayed when it is due', async () => {
    const { fn, counts } = counted(($) => $.sleep('sleep', sleep)(120));
    const runtime = runtimeOn();
    const run = await runtime.start(fn, []);
    await expect(run.result()).resolves.toEqual([1, undefined, 2]);
    expect(counts).toEqual({ bodies: 2, steps: 2 });
    await expect(run.result()).resolves.toEqual([1, undefined, 2]);
    await runtime.close();
  });

  it('again and again still gives its result to those who asked for it before', async () => {
    const fn = durable(async ($) => {
      for (let nap = 0; nap < 3; nap++) await $.sleep('sleep', sleep)(60);
      return 'done';
    });
    const runtime = runtimeOn();
    const run = await runtime.start(fn, [], { id: 'again' });
    const asked = [run.result(), (await runtime.get('again'))?.result()];
    await expect(Promise.all(asked)).resolves.toEqual(['done', 'done']);
    await runtime.close();
  });

  it('makes room for others again and again, and all results are given', async () => {
    const fn = durable(async ($) => {
      for (let nap = 0; nap < 3; nap++) await $.sleep('sleep', sleep)(60);
      return 'done';
    });
    const runtime = createRuntime({ store: memoryStore(), maxRuns: 2 });
    await runtime.recover();
    const runs = await Promise.all([1, 2, 3, 4, 5, 6].map(() => runtime.start(fn, [])));
    const results = await Promise.all(runs.map((run) => run.result()));
    expect(results).toEqual(Array(6).fill('done'));
    await runtime.close();
  });

  it('for a signal is taken up when it is sent one', async () => {
    const { fn, counts } = counted(($) => $.call('waitFor', waitFor)('go'));
    const runtime = runtimeOn();
    const run = await runtime.start(fn, []);
    const result = run.result();
    await parked(counts, run);
    await run.signal('other', 'not waited for');
    await later(60, undefined);
    await run.signal('go', 'now');
    await expect(result).resolves.toEqual([1, 'now', 2]);
    expect(counts.steps).toBe(2);
    expect(counts.bodies).toBe(3);
    await runtime.close();
  });

  it('is taken up to be cancelled', async () => {
    const { fn, counts } = counted(($) => $.sleep('sleep', sleep)('300 days'));
    const runtime = runtimeOn();
    const run = await runtime.start(fn, []);
    await parked(counts, run);
    await run.cancel('enough');
    await expect(run.result()).rejects.toThrow('enough');
    await expect(run.status()).resolves.toBe('cancelled');
    await runtime.close();
  });

  it('can be taken up by another runtime', async () => {
    const { fn, counts } = counted(($) => $.call('waitFor', waitFor)('go'));
    const store = memoryStore();
    const first = runtimeOn({ store });
    const run = await first.start(fn, [], { id: 'r' });
    await parked(counts, run);
    await first.close();
    const second = runtimeOn({ store });
    expect(await second.recover()).toEqual([]);
    const handle = (await second.get('r'))!;
    await handle.signal('go', 1);
    await expect(handle.result()).resolves.toEqual([1, 1, 2]);
    expect(counts).toEqual({ bodies: 2, steps: 2 });
    await second.close();
  });

  it('stays where it is while a step is at work, or when it is to wait for a moment only', async () => {
    const bodies: number[] = [];
    const fn = durable(async ($) => {
      bodies.push(1);
      const slow = $.start('slow', () => later(80, 'slow'))();
      await $.sleep('sleep', sleep)(5);
      return slow;
    });
    const runtime = runtimeOn();
    await expect((await runtime.start(fn, [])).result()).resolves.toBe('slow');
    expect(bodies).toEqual([1]);
    await runtime.close();
  });

  it('is kept if that is wished', async () => {
    const { fn, counts } = counted(($) => $.sleep('sleep', sleep)(80));
    const runtime = runtimeOn({ parkAfterMs: Number.POSITIVE_INFINITY });
    await expect((await runtime.start(fn, [])).result()).resolves.toEqual([1, undefined, 2]);
    expect(counts.bodies).toBe(1);
    await runtime.close();
    expect(() => runtimeOn({ parkAfterMs: 0 })).toThrow(/parkAfterMs must be a positive number/);
  });
});
