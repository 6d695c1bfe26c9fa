import { describe, expect, it } from 'vitest';
import {
  createRuntime,
  memoryStore,
  type RuntimeEvent,
  type Store,
  sleep,
  waitFor,
} from '../../../../runtime/index.ts';
import { systemHooks } from '../../../../runtime/local/time/runtime-hooks.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';

/** The same store, whose answers come later. */
const slow = (store: Store): Store =>
  new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      const method = value.bind(target) as (...args: unknown[]) => unknown;
      if (property === 'together') return method;
      return async (...args: unknown[]) => {
        await later(3, undefined);
        const answer = await method(...args);
        return later(3, answer);
      };
    },
  });

describe('maxRuns', () => {
  it('holds while a store answers late, whoever asks for runs', async () => {
    let running = 0;
    let most = 0;
    const fn = durable(
      async ($, n: number) =>
        $.call('work', async () => {
          most = Math.max(most, ++running);
          await later(2, undefined);
          running--;
          return n;
        })(),
      { id: 'late-limited' },
    );
    const inner = memoryStore();
    const first = createRuntime({ store: inner, maxRuns: 1 });
    const ids = Array.from({ length: 30 }, (_, n) => `r${n}`);
    for (const id of ids) await first.start(fn, [1], { id });
    await first.close();
    most = 0;
    const runtime = createRuntime({ store: slow(inner), maxRuns: 3 });
    const recovered = runtime.recover();
    const started = ids.map(async (id) => (await runtime.start(fn, [1], { id })).result());
    const handles = ids.map(async (id) => (await runtime.get(id))!.result());
    const results = (await recovered).map((handle) => handle.result());
    await Promise.all([...started, ...handles, ...results]);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
    await runtime.close();
  });
});

describe('journals that are large', () => {
  const fn = durable(
    async ($, size: number) => {
      const value = (await $.call('make', async () => 'x'.repeat(size))()) as string;
      await $.call('waitFor', waitFor)('go');
      return value.length;
    },
    { id: 'large-journals' },
  );

  it('are taken up as there is room, and all of them in the end', async () => {
    const store = memoryStore();
    const first = createRuntime({ store });
    for (let n = 0; n < 10; n++) await first.start(fn, [1_000], { id: `r${n}` });
    await later(30, undefined);
    await first.close();
    const told: RuntimeEvent<'run-held-back'>[] = [];
    const runtime = createRuntime({ store, hooks: { ...systemHooks, journalBudget: 3_000 } });
    runtime.on('run-held-back', (event) => told.push(event));
    const handles = await runtime.recover();
    expect(handles.map(({ id }) => id).sort()).toEqual(Array.from({ length: 10 }, (_, n) => `r${n}`));
    const results = handles.map((handle) => handle.result());
    for (const handle of handles) await handle.signal('go');
    expect(await Promise.all(results)).toEqual(Array(10).fill(1_000));
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatchObject({ reason: 'memory', fn: 'large-journals', bytes: expect.any(Number) });
    expect(new Set(told.map(({ runId }) => runId)).size).toBe(told.length);
    await runtime.close();
  });

  it('are taken up one by one where each is larger than all that there is room for', async () => {
    const store = memoryStore();
    const first = createRuntime({ store });
    for (let n = 0; n < 4; n++) await first.start(fn, [1_000], { id: `r${n}` });
    await later(30, undefined);
    await first.close();
    const runtime = createRuntime({ store, hooks: { ...systemHooks, journalBudget: 10 } });
    const handles = await runtime.recover();
    const results = handles.map((handle) => handle.result());
    for (const handle of handles) await handle.signal('go');
    expect(await Promise.all(results)).toEqual(Array(4).fill(1_000));
    await runtime.close();
  });

  it('of runs that only sleep make room for those that could go on', async () => {
    const sleeper = durable(
      async ($, ms: number) => {
        await $.call('make', async () => 'x'.repeat(1_000))();
        await $.sleep('sleep', sleep)(ms);
        return ms;
      },
      { id: 'large-sleepers' },
    );
    const store = memoryStore();
    const first = createRuntime({ store });
    for (let n = 0; n < 6; n++) await first.start(sleeper, [n < 3 ? 3_600_000 : 50], { id: `r${n}` });
    await later(20, undefined);
    await first.close();
    const runtime = createRuntime({ store, hooks: { ...systemHooks, journalBudget: 2_500 } });
    const handles = await runtime.recover();
    const short = handles.filter(({ id }) => Number(id.slice(1)) >= 3);
    expect(await Promise.all(short.map((handle) => handle.result()))).toEqual([50, 50, 50]);
    await runtime.close();
  });
});
