/** Very many runs at once: written and driven in portions, between which everybody else gets a turn. */
import { afterEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../../runtime/base/errors.ts';
import { createRuntime, memoryStore, type Runtime, type Store, waitFor } from '../../../../runtime/index.ts';
import type { Claim } from '../../../../runtime/stores/claims.ts';
import { durable } from '../../../support/compiled.ts';

/** What one transaction may take, at most. */
const MOST_EVENTS = 1_000;
const MOST_CREATIONS = 250;
const MOST_CHARACTERS = 4_000_000;

interface Transaction {
  readonly creations: string[];
  readonly events: { readonly run: string; readonly key: string; readonly length: number }[];
  /** In which turn of the event loop. */
  readonly turn: number;
}

let runtime: Runtime | undefined;
let ticking = true;
afterEach(async () => {
  ticking = false;
  await runtime?.close();
  runtime = undefined;
});

/** A store that notes what it is given, and in which turn. */
function noting(): { store: Store; transactions: Transaction[] } {
  const memory = memoryStore();
  const transactions: Transaction[] = [];
  let turn = 0;
  ticking = true;
  const tick = (): void => {
    turn++;
    if (ticking) setImmediate(tick);
  };
  tick();
  let open: Transaction | undefined;
  const inTransaction = <T>(work: () => T): T => {
    if (open !== undefined) return work();
    open = { creations: [], events: [], turn };
    transactions.push(open);
    try {
      return work();
    } finally {
      open = undefined;
    }
  };
  const store: Store = Object.create(memory, {
    together: { value: (work: () => void) => inTransaction(() => memory.together(work)) },
    create: {
      value: (...args: Parameters<Store['create']>) =>
        inTransaction(() => {
          open!.creations.push(args[0]);
          return memory.create(...args);
        }),
    },
    append: {
      value: (batch: Parameters<Store['append']>[0]) =>
        inTransaction(() => {
          for (const { claim, events } of batch)
            for (const event of events)
              open!.events.push({
                run: claim.runId,
                key: 'key' in event ? event.key : event.type,
                length: 'value' in event ? event.value.length : 0,
              });
          return memory.append(batch);
        }),
    },
  });
  return {
    store: new Proxy(store, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' && !Object.hasOwn(target, property) ? value.bind(memory) : value;
      },
    }),
    transactions,
  };
}

const give = <T>(value: T): T => value;

describe('portions', () => {
  it('of runs that are started in one turn: so many in a transaction, one in a turn, in their order', async () => {
    const fn = durable(async ($, n: number) => $.call('give', give)(n));
    const { store, transactions } = noting();
    runtime = createRuntime({ store });
    const ids = Array.from({ length: 3_000 }, (_, n) => `run-${n}`);
    const handles = await Promise.all(ids.map((id, n) => runtime!.start(fn, [n], { id })));
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual(ids.map((_, n) => n));
    expect(transactions.flatMap(({ creations }) => creations)).toEqual(ids);
    expect(Math.max(...transactions.map(({ creations }) => creations.length))).toBeLessThanOrEqual(
      MOST_CREATIONS,
    );
    const turns = transactions.filter(({ creations }) => creations.length > 0).map(({ turn }) => turn);
    expect(new Set(turns).size).toBe(turns.length);
    // Runs that are there go on beside those that come.
    const firstStep = transactions.findIndex(({ events }) => events.length > 0);
    const lastCreation = transactions.findLastIndex(({ creations }) => creations.length > 0);
    expect(firstStep).toBeLessThan(lastCreation);
  });

  it('of runs that go on at once', async () => {
    const fn = durable(async ($, n: number) => {
      await $.call('waitFor', waitFor)('go');
      return [await $.call('give', give)(n), await $.call('give#2', give)(n)];
    });
    const { store, transactions } = noting();
    runtime = createRuntime({ store });
    const handles = await Promise.all(
      Array.from({ length: 3_000 }, (_, n) => runtime!.start(fn, [n], { id: `run-${n}` })),
    );
    transactions.length = 0;
    for (const handle of handles)
      await store.send(handle.id, { kind: 'signal', name: 'go', ok: true, value: '1j1' });
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual(
      handles.map((_, n) => [n, n]),
    );
    expect(Math.max(...transactions.map(({ events }) => events.length))).toBeLessThanOrEqual(MOST_EVENTS);
    for (const { id } of handles.slice(0, 20)) {
      const keys = transactions.flatMap(({ events }) => events.filter(({ run }) => run === id));
      expect(keys.map(({ key }) => key)).toEqual(['waitFor', 'give', 'give#2', 'run-ended']);
    }
  });

  it('of one run with very many steps, which are delivered in their order', async () => {
    const order: number[] = [];
    const fn = durable(async ($) => {
      const all = Array.from({ length: 5_000 }, (_, n) =>
        ($.start('give', give)(Promise.resolve(n)) as Promise<number>).then((value) => order.push(value)),
      );
      await $.combinator('Promise.all', 'all')(all as never);
      return order.every((value, n) => value === n);
    });
    const { store, transactions } = noting();
    runtime = createRuntime({ store });
    expect(await (await runtime.start(fn, [])).result()).toBe(true);
    expect(Math.max(...transactions.map(({ events }) => events.length))).toBeLessThanOrEqual(MOST_EVENTS);
  });

  it('of runs that a process takes up, and all of them are taken up', async () => {
    durable(async ($) => $.call('waitFor', waitFor)('go'), { id: 'taken-up' });
    const memory = memoryStore();
    const by = { worker: 'gone', pid: 0, host: 'nowhere', leaseUntil: 0 };
    const started = {
      type: 'run-started',
      version: 1,
      at: 1,
      fn: 'taken-up',
      input: '1j[]',
      seed: '',
    } as const;
    const ids = Array.from({ length: 1_000 }, (_, n) => `run-${n}`);
    for (const id of ids) {
      const claim = memory.create(id, started, by) as Claim;
      if (id.endsWith('7')) void memory.block(claim, 'why not');
    }
    await memory.release('gone');
    const sizes: number[] = [];
    const store = new Proxy(memory, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const result: unknown = Reflect.apply(value, target, args);
          if (property === 'claim') sizes.push((result as readonly Claim[]).length);
          return result;
        };
      },
    });
    runtime = createRuntime({ store });
    const handles = await runtime.recover();
    expect(handles.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(Math.max(...sizes)).toBe(100);
    await handles[0]!.signal('go', 1);
    expect(await handles[0]!.result()).toBe(1);
  });

  it('by what the values take', async () => {
    const large = (n: number): string => String(n).padStart(1_000_000, 'x');
    const fn = durable(async ($, n: number) => ((await $.call('large', large)(n)) as string).length);
    const { store, transactions } = noting();
    runtime = createRuntime({ store });
    const handles = await Promise.all(Array.from({ length: 12 }, (_, n) => runtime!.start(fn, [n])));
    await Promise.all(handles.map((handle) => handle.result()));
    const sizes = transactions.map(({ events }) => events.reduce((sum, { length }) => sum + length, 0));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST_CHARACTERS + 1_000_010);
    expect(Math.max(...sizes)).toBeGreaterThan(1_000_000);
  });
});

it('a store that answers later and rejects a transaction is told of once, to those that were in it', async () => {
  const memory = memoryStore();
  let fails = false;
  const later = async <T>(work: () => T): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (fails) throw new StoreError('The disk is gone.');
    return work();
  };
  const store: Store = new Proxy(memory, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      if (property === 'together')
        return async (work: () => void): Promise<void> => {
          work();
          await later(() => {});
        };
      return (...args: unknown[]) => later(() => Reflect.apply(value, target, args));
    },
  });
  const fn = durable(async ($) => $.call('waitFor', waitFor)('go'));
  runtime = createRuntime({ store });
  const before = await runtime.start(fn, []);
  expect(before.id).toBeDefined();
  fails = true;
  // Vitest fails for a rejection that nobody handles.
  const starts = await Promise.allSettled([runtime.start(fn, []), runtime.start(fn, [])]);
  expect(starts.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await new Promise((resolve) => setImmediate(resolve));
  fails = false;
});
