/** A store that fails for a while, under a worker that goes on afterwards without being told. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../../runtime/base/errors.ts';
import {
  createRuntime,
  memoryStore,
  type Runtime,
  type Store,
  startChild,
  waitFor,
} from '../../../runtime/index.ts';
import { durable } from '../../support/compiled.ts';

const runtimes: Runtime[] = [];
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
});

interface Moody {
  readonly store: Store;
  readonly runtime: Runtime;
  /** Methods that throw. */
  readonly failing: Set<string>;
}

function moody(inner = memoryStore(), leaseMs = 30_000, maxRuns = 100): Moody {
  const failing = new Set<string>();
  const store = new Proxy(inner, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (failing.has(String(key))) throw new Error('out of order');
        return value.apply(target, args);
      };
    },
  });
  const runtime = createRuntime({ store, leaseMs, maxRuns });
  runtimes.push(runtime);
  return { store, runtime, failing };
}

const ALL = [
  'append',
  'renew',
  'create',
  'load',
  'claim',
  'messages',
  'together',
  'watch',
  'record',
  'block',
];
const turns = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
};
async function pass(ms: number): Promise<void> {
  for (let past = 0; past < ms; past += 100) {
    await vi.advanceTimersByTimeAsync(100);
    await turns();
  }
}

let calls = 0;
const work = durable(
  async ($) => {
    const signal = await $.call('waitFor', waitFor)('go');
    const done = await $.call('count', () => ++calls)();
    return [signal, done];
  },
  { id: 'failing-store' },
);
beforeEach(() => {
  calls = 0;
});

describe('a store that fails for a while', () => {
  it('stops runs by name, and a worker takes them up again by itself', async () => {
    const { runtime, store, failing } = moody();
    await runtime.recover();
    const handle = await runtime.start(work, [], { id: 'x' });
    await handle.signal('go', 1);
    failing.add('append');
    const failure = handle.result().catch((error: unknown) => error);
    await pass(300);
    expect(await failure).toBeInstanceOf(StoreError);
    expect(String(await failure)).toMatch(/run "x" has stopped.*out of order/);
    await pass(5_000);
    // No outcome of it could be written, and it isn't called as often as there was time for.
    expect(calls).toBeLessThan(4);
    failing.clear();
    await pass(10_000);
    expect((await store.record('x'))?.status).toBe('completed');
  });

  it('stops more runs than there is room for, and they go on one after the other without long waits', async () => {
    const { runtime, store, failing } = moody(memoryStore(), 30_000, 1);
    await runtime.recover();
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const quick = durable(async ($) => $.call('pass', () => opened)(), { id: 'failing-store-quick' });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const id of ids) (await runtime.start(quick, [], { id })).result().catch(() => {});
    failing.add('append');
    open();
    await pass(30_000);
    failing.clear();
    // One wait for the store, and one second for each.
    await pass(30_000 + ids.length * 1_500);
    for (const id of ids) expect((await store.record(id))?.status).toBe('completed');
  });

  it('makes a worker that lost its lease meanwhile leave its runs to the one that has them', async () => {
    const inner = memoryStore();
    const first = moody(inner, 3_000);
    await first.runtime.recover();
    const handle = await first.runtime.start(work, [], { id: 'x' });
    const failure = handle.result().catch((error: unknown) => error);
    for (const method of ALL) first.failing.add(method);
    await pass(5_000);
    expect(await failure).toBeInstanceOf(StoreError);
    const second = moody(inner, 3_000);
    const [taken] = await second.runtime.recover();
    first.failing.clear();
    await pass(10_000);
    await taken!.signal('go', 1);
    await pass(1_000);
    expect(await taken!.result()).toEqual([1, 1]);
    expect(calls).toBe(1);
    expect(await first.runtime.recover()).toEqual([]);
  });

  it('while a run starts another one stops it, and it asks again', async () => {
    const { runtime, store, failing } = moody();
    await runtime.recover();
    const parent = durable(
      async ($) => {
        const signal = await $.call('waitFor', waitFor)('go');
        const child = (await $.call('startChild', startChild)(work, [], { id: 'child' })) as { id: string };
        return [signal, child.id];
      },
      { id: 'failing-store-parent' },
    );
    const handle = await runtime.start(parent, [], { id: 'parent' });
    failing.add('watch');
    const failure = handle.result().catch((error: unknown) => error);
    await handle.signal('go', 1);
    await pass(300);
    expect(String(await failure)).toMatch(/run "parent" has stopped.*out of order/);
    failing.clear();
    await pass(3_000);
    expect((await store.load('parent'))?.events.at(-1)).toMatchObject({ type: 'run-ended', ok: true });
  });
});
