import { afterEach, describe, expect, it, vi } from 'vitest';
import * as $durable from '../../../../runtime/compiled.ts';
import {
  createRuntime,
  currentRun,
  currentStep,
  DuplicateFunctionError,
  LeaseLostError,
  MisuseError,
  memoryStore,
  NonDeterminismError,
  NotCompiledError,
  RunConflictError,
  type Runtime,
  RuntimeClosedError,
  type RuntimeOptions,
  SerializationError,
  type Store,
  StoreError,
  setDefaultRuntime,
  sleep,
  step,
  stepsOf,
  UnknownFunctionError,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { eventsOf, execute, recover, storeWith } from '../../../support/crash.ts';
import { later } from '../../../support/effects.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const runtimes: Runtime[] = [];
function runtimeOn(store: Store, options: Partial<RuntimeOptions> = {}): Runtime {
  const runtime = createRuntime({ store, ...options });
  runtimes.push(runtime);
  return runtime;
}

afterEach(async () => {
  setDefaultRuntime(undefined);
  await Promise.allSettled(runtimes.splice(0).map((runtime) => runtime.close()));
});

/** A step that ends when it is told to. */
function gate() {
  let open!: (value: unknown) => void;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  let entered!: () => void;
  const running = new Promise<void>((resolve) => {
    entered = resolve;
  });
  let calls = 0;
  const pass = (): Promise<unknown> => {
    calls++;
    entered();
    return opened;
  };
  return { pass, open, running, calls: () => calls };
}

const add = async (a: number, b: number): Promise<number> => a + b;
const sum = durable(
  async ($, a: number, b: number): Promise<number> => (await $.call('add', add)(a, b)) as number,
);

/** A store that answers with promises. */
const slow = (store: Store): Store =>
  new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        await later(1, undefined);
        return value.apply(target, args);
      };
    },
  });

describe('start', () => {
  it('runs a function, typed from it', async () => {
    const store = memoryStore();
    const runtime = runtimeOn(store);
    const handle = await runtime.start(sum, [1, 2], { id: 'one' });
    const result: number = await handle.result();
    expect([handle.id, result, await handle.status()]).toEqual(['one', 3, 'completed']);
    expect(await handle.events()).toMatchObject([
      { type: 'run-started' },
      { type: 'step', key: 'add', ok: true, attempt: 1 },
      { type: 'run-ended', ok: true },
    ]);
    expect(JSON.stringify(await handle.events())).not.toMatch(/seed|"value"/);
  });

  it('works over a store that answers with promises', async () => {
    const runtime = runtimeOn(slow(memoryStore()));
    const handles = await Promise.all([1, 2, 3].map((n) => runtime.start(sum, [n, n], { id: 'same' })));
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual([2, 2, 2]);
  });

  it('by a direct call begins before the call returns, where the store answers at once', async () => {
    const log: string[] = [];
    const fn = durable(async () => void log.push('body'));
    setDefaultRuntime(runtimeOn(memoryStore()));
    const result = fn();
    log.push('after');
    expect(log).toEqual(['body', 'after']);
    await result;
  });

  it('creates runs that are started together in one transaction', async () => {
    const store = memoryStore();
    let transactions = 0;
    const counting = new Proxy(store, {
      get(target, name: keyof Store) {
        const value: unknown = target[name];
        if (name === 'together') transactions++;
        return typeof value === 'function' ? (value as (...args: never[]) => unknown).bind(target) : value;
      },
    });
    const runtime = runtimeOn(counting);
    const fn = durable(async (_$, n: number) => n);
    const runs = await Promise.all([1, 2, 3].map((n) => runtime.start(fn, [n])));
    expect(await Promise.all(runs.map((run) => run.result()))).toEqual([1, 2, 3]);
    expect(transactions).toBe(1);
  });

  it('with the id of a live run gives that run, with the id of an ended one its outcome', async () => {
    const store = memoryStore();
    const runtime = runtimeOn(store);
    const { pass, open, calls } = gate();
    const fn = durable(async ($) => $.call('pass', pass)());
    const first = await runtime.start(fn, [], { id: 'x' });
    expect(await runtime.start(fn, [], { id: 'x' })).toBe(first);
    open('done');
    expect(await first.result()).toBe('done');
    const again = await runtime.start(fn, [], { id: 'x' });
    expect(await again.result()).toBe('done');
    expect(calls()).toBe(1);
  });

  it('with the id of a run that nobody drives takes it up', async () => {
    const { events } = await execute(sum, [2, 3]);
    const store = storeWith('left', events.slice(0, 2));
    const handle = await runtimeOn(store).start(sum, [100, 100], { id: 'left' });
    expect(await handle.result()).toBe(5);
  });

  it('with the id of a run of another function is a conflict', async () => {
    const runtime = runtimeOn(memoryStore());
    const other = durable(async () => 1);
    await runtime.start(sum, [1, 2], { id: 'x' });
    await expect(runtime.start(other, [], { id: 'x' })).rejects.toThrow(RunConflictError);
    await (await runtime.get('x'))!.result();
    await expect(runtime.start(other, [], { id: 'x' })).rejects.toThrow(/belongs to/);
  });

  it('refuses functions that were not compiled', async () => {
    const runtime = runtimeOn(memoryStore());
    const plain = async (): Promise<number> => 1;
    await expect(runtime.start(plain, [])).rejects.toThrow(NotCompiledError);
    await expect(runtime.start(plain, [])).rejects.toThrow(/"plain".*use-durable\/vite/s);
  });

  it('refuses arguments that cannot be carried, and starts nothing', async () => {
    const runtime = runtimeOn(memoryStore());
    const fn = durable(async (_$, _x: unknown) => 1);
    await expect(runtime.start(fn, [{ deep: [() => 1] }])).rejects.toThrow(SerializationError);
    expect(await runtime.list()).toEqual([]);
  });

  it('gives decoded copies of what is returned and thrown', async () => {
    const returned = { when: new Date(5), map: new Map([[1, { x: -0 }]]) };
    const fn = durable(async () => returned);
    const runtime = runtimeOn(memoryStore());
    const result = await (await runtime.start(fn, [])).result();
    expect(result).toEqual(returned);
    expect(result).not.toBe(returned);
  });
});

describe('a direct call', () => {
  it('is a run on the default runtime', async () => {
    const store = memoryStore();
    setDefaultRuntime(runtimeOn(store));
    expect(await sum(3, 4)).toBe(7);
    expect(await store.list()).toMatchObject([{ status: 'completed' }]);
  });

  it('of an arrow function too, which looks as it was written', async () => {
    setDefaultRuntime(runtimeOn(memoryStore()));
    const definition = $durable.define({
      id: 'an-arrow',
      file: 'arrow.ts',
      line: 1,
      column: 1,
      steps: [{ id: 'add', kind: 'step', line: 2, column: 3 }],
    });
    const twice = $durable.arrow(
      definition,
      async (x: number) => {
        const $ = $durable.enter(definition)!;
        return (await $.call('add', add)(x, x)) as number;
      },
      'twice',
    );
    expect(await twice(4)).toBe(8);
    expect([
      twice.name,
      twice.length,
      Object.getPrototypeOf(twice) === Object.getPrototypeOf(async () => {}),
    ]).toEqual(['twice', 1, true]);
    expect(stepsOf(twice)).toEqual([{ id: 'add', kind: 'step', line: 2, column: 3 }]);
    expect(stepsOf(add)).toEqual([]);
  });

  it('of a method keeps what `this` is', async () => {
    setDefaultRuntime(runtimeOn(memoryStore()));
    const definition = $durable.define({ id: 'Shop.check', file: 'shop.ts', line: 1, column: 1, steps: [] });
    const Shop = {
      rate: 3,
      async check(x: number): Promise<number> {
        const $ = $durable.enter(definition);
        // biome-ignore lint/complexity/noArguments: what the compiler emits
        if ($ === undefined) return $durable.direct(definition, this, arguments) as Promise<number>;
        return ((await $.call('add', add)(x, 0)) as number) * this.rate;
      },
    };
    $durable.bind(definition, Shop.check, Shop);
    expect(await Shop.check(2)).toBe(6);
    const { check } = Shop;
    await expect(check.call({ ...Shop }, 2)).rejects.toThrow(MisuseError);
  });
});

describe('inside a run', () => {
  it('tells run and step who they are', async () => {
    const who = (): unknown => [currentRun(), currentStep()];
    const fn = durable(async ($) => [currentRun(), await $.call('who', who)(), await $.call('who', who)()]);
    const handle = await runtimeOn(memoryStore()).start(fn, [], { id: 'r' });
    const [outer, first, second] = (await handle.result()) as [unknown, unknown[], unknown[]];
    expect(outer).toMatchObject({ id: 'r' });
    expect(first).toMatchObject([{ id: 'r' }, { runId: 'r', key: 'who', attempt: 1 }]);
    const keyOf = (info: unknown): unknown => (info as { idempotencyKey: string }).idempotencyKey;
    expect(keyOf(first[1])).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf(first[1])).not.toBe(keyOf(second[1]));
  });

  it('refuses primitives that were not compiled, or are used in a step', async () => {
    await expect(sleep('1s')).rejects.toThrow(NotCompiledError);
    await expect(step('x', () => 1)).rejects.toThrow(NotCompiledError);
    expect(() => currentRun()).toThrow(NotCompiledError);
    expect(() => currentStep()).toThrow(MisuseError);
    const fn = durable(async ($) => {
      const codes: unknown[] = [];
      for (const call of [() => sleep(1), () => step(() => 1)]) {
        codes.push(await call().catch(({ code }) => code));
        codes.push(await ($.call('call', call)() as Promise<unknown>).catch(({ code }) => code));
      }
      return codes;
    });
    await expect(execute(fn)).resolves.toMatchObject({
      outcome: { value: ['NOT_COMPILED', 'MISUSE', 'NOT_COMPILED', 'MISUSE'] },
    });
    const body = durable(async () => sleep(1));
    await expect(execute(body)).resolves.toMatchObject({ outcome: { reason: { code: 'NOT_COMPILED' } } });
  });

  it('a result that cannot be carried fails its step, or its run', async () => {
    const fn = durable(async ($) => {
      try {
        await $.call('make', () => ({ user: { f: () => 1 } }))();
      } catch (error) {
        return [error instanceof SerializationError, (error as Error).message];
      }
      return 'carried';
    });
    const { outcome } = await execute(fn);
    expect(outcome).toMatchObject({ value: [true, expect.stringMatching(/step "make"/)] });
    expect(outcome).toMatchObject({ value: [true, expect.stringMatching(/user\.f/)] });
    const bad = await execute(durable(async () => ({ f: () => 1 })));
    expect(bad.outcome).toMatchObject({ reason: { code: 'NOT_SERIALIZABLE' } });
    expect(bad.events.at(-1)).toMatchObject({ type: 'run-ended', ok: false });
  });

  it('what is thrown and cannot be carried fails the step all the same', async () => {
    const fn = durable(async ($) => {
      try {
        await $.call('fail', () => {
          throw () => 1;
        })();
      } catch (error) {
        return (error as Error).name;
      }
      return '';
    });
    expect((await execute(fn)).outcome).toMatchObject({ value: 'SerializationError' });
  });
});

describe('code that changed under a run', () => {
  const site = (id: string, line: number): $durable.Site => ({ id, kind: 'step', line, column: 5 });

  it('parks it with both sides in words, and it goes on when code that fits comes back', async () => {
    const two = async ($: $durable.DurableScope): Promise<unknown> => {
      await $.call('charge', add)(1, 2);
      return $.call('ship', add)(3, 4);
    };
    const { events } = await execute(
      durable(two, { id: 'order', steps: [site('charge', 7), site('ship', 8)] }),
    );
    const store = storeWith('run', events.slice(0, 3));
    const changed = async ($: $durable.DurableScope): Promise<unknown> => {
      await $.call('pay', add)(1, 2);
      return $.call('ship', add)(3, 4);
    };
    durable(changed, { id: 'order', steps: [site('pay', 9), site('ship', 10)] });
    const blocked: string[] = [];
    const runtime = runtimeOn(store, {
      onBlocked: ({ id, fn, error }) => blocked.push(`${id} ${fn} ${error.name}`),
    });
    const [handle] = await runtime.recover();
    const error = (await handle!.result().catch((reason) => reason)) as Error;
    expect(error).toBeInstanceOf(NonDeterminismError);
    expect(error.message).toMatch(/event 1 is the outcome of step "charge"/);
    expect(error.message).toMatch(/asks for step "pay" \(test\.ts:9:5\)/);
    expect(await handle!.status()).toBe('blocked');
    expect(blocked).toEqual(['run order NonDeterminismError']);
    expect(eventsOf(store, 'run')).toEqual(events.slice(0, 3));
    await expect((await runtime.get('run'))!.result()).rejects.toThrow(/charge/);

    durable(two, { id: 'order', steps: [] });
    const [again] = await runtime.recover();
    expect(await again!.result()).toBe(7);
  });

  it('a step less, a step more at the end, a wait for a step', async () => {
    const nap = durable(
      async ($) => {
        await $.sleep('nap', sleep)(1);
        return $.call('add', add)(1, 1);
      },
      { id: 'changing' },
    );
    const { events } = await execute(nap);
    const attempt = async (body: (scope: $durable.DurableScope) => Promise<unknown>): Promise<unknown> => {
      durable(body, { id: 'changing' });
      const { outcome } = await recover(events.slice(0, 4));
      return outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message;
    };
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    expect(await attempt(async () => 1)).toMatch(
      /event 1 is the beginning of the wait "nap".*has returned or thrown/s,
    );
    expect(await attempt(async ($) => $.call('nap', add)(1, 1))).toMatch(
      /asks for step "nap" under that key/,
    );
    expect(
      await attempt(async ($) => {
        await $.sleep('nap', sleep)(1);
        await $.call('add', add)(1, 1);
        return $.call('more', add)(20, 1);
      }),
    ).toBe(21);
    vi.restoreAllMocks();
  });

  it('an unknown function blocks its run, and the others go on', async () => {
    const { events } = await execute(sum, [1, 1]);
    const store = storeWith('known', events.slice(0, 1));
    const [started] = events;
    if (started?.type !== 'run-started') throw new Error('not a journal');
    await store.create(
      'unknown',
      { ...started, fn: 'gone' },
      { worker: 'dead', pid: 0, host: '', leaseUntil: 0 },
    );
    const errors: Error[] = [];
    const runtime = runtimeOn(store, { onBlocked: ({ error }) => errors.push(error) });
    const handles = await runtime.recover();
    const results = await Promise.allSettled(handles.map((handle) => handle.result()));
    expect(results).toMatchObject([{ value: 2 }, { reason: { code: 'UNKNOWN_FUNCTION' } }]);
    expect(errors[0]).toBeInstanceOf(UnknownFunctionError);
    expect(await runtime.list({ status: 'blocked' })).toMatchObject([{ id: 'unknown', reason: /gone/ }]);
  });

  it('an unknown function is left to another worker, which may have loaded it', async () => {
    const dead = { worker: 'dead', pid: 0, host: '', leaseUntil: 0 };
    const store = memoryStore();
    const [started] = (await execute(sum, [1, 1])).events;
    if (started?.type !== 'run-started') throw new Error('not a journal');
    await store.create('elsewhere', { ...started, fn: 'gone' }, dead);
    const other = { worker: 'other', pid: 1, host: 'far', leaseUntil: Date.now() + 60_000 };
    await store.claim(other, { fns: [], strays: true });
    const runtime = runtimeOn(store);
    expect(await runtime.recover()).toEqual([]);
    expect(await (await runtime.get('elsewhere'))?.status()).toBe('running');
    await runtime.close();
  });

  it('a run that was blocked where its function is unknown is taken up by who waits for it and knows it', async () => {
    const { events } = await execute(sum, [1, 1]);
    const store = storeWith('r', events.slice(0, 1));
    const dead = { worker: 'ignorant', pid: 0, host: '', leaseUntil: 0 };
    const [claim] = await store.claim(dead);
    const [started] = events;
    if (started?.type !== 'run-started') throw new Error('not a journal');
    await store.block(claim!, new UnknownFunctionError('r', started.fn).message);
    const runtime = runtimeOn(store);
    await expect((await runtime.get('r'))?.result()).resolves.toBe(2);
    await runtime.close();
  });

  it('a slow import is not taken for changed code', async () => {
    const fn = durable(async ($) => {
      await $.foreign(later(80, 'module'));
      return $.call('add', add)(1, 2);
    });
    const { events } = await execute(fn);
    expect((await recover(events.slice(0, 2))).outcome).toMatchObject({ value: 3 });
  });

  it('two functions with one id are an error', () => {
    const meta = { id: 'twice', file: 'a.ts', line: 1, column: 1, steps: [] };
    $durable.define(meta);
    expect(() => $durable.define({ ...meta, file: 'b.ts' })).toThrow(DuplicateFunctionError);
    expect(() => $durable.define({ ...meta, file: 'b.ts' })).toThrow(/a\.ts:1 and b\.ts:1/);
  });

  it('a module that is evaluated again replaces its functions, in other lines too', async () => {
    const load = (line: number, answer: string) => {
      const definition = $durable.define({ id: 'reloaded', file: 'reloaded.ts', line, column: 1, steps: [] });
      async function fn(this: unknown): Promise<unknown> {
        const $ = $durable.enter(definition);
        if ($ === undefined) throw new Error('is started below');
        await $.call('add', add)(line, 0);
        return answer;
      }
      $durable.bind(definition, fn);
      return fn;
    };
    const older = load(1, 'older');
    const { events } = await execute(older);
    load(7, 'newer');
    // What is taken up again finds the newer function; one that holds the older still starts the older.
    expect((await recover(events.slice(0, 2))).outcome).toMatchObject({ value: 'newer' });
    expect((await execute(older)).outcome).toMatchObject({ value: 'older' });
  });
});

describe('close', () => {
  it('lets running steps finish, parks the rest, and another runtime goes on', async () => {
    const store = memoryStore();
    const { pass, open, running } = gate();
    const fn = durable(async ($) => [await $.call('pass', pass)(), await $.call('add', add)(1, 2)]);
    const first = runtimeOn(store);
    const handle = await first.start(fn, [], { id: 'x' });
    await running;
    const closing = first.close();
    open('passed');
    await closing;
    await expect(handle.result()).rejects.toThrow(RuntimeClosedError);
    expect(eventsOf(store, 'x').map(({ type }) => type)).toEqual(['run-started', 'step']);
    await expect(first.start(fn, [])).rejects.toThrow(RuntimeClosedError);
    await expect(first.recover()).rejects.toThrow(RuntimeClosedError);
    const [taken] = await runtimeOn(store).recover();
    expect(await taken!.result()).toEqual(['passed', 3]);
  });

  it('does not wait for waits, and a restart does not make them longer', async () => {
    const store = memoryStore();
    const fn = durable(async ($) => {
      await $.sleep('sleep', sleep)(60);
      return 'awake';
    });
    const clock = new ManualClock(1_000);
    const first = runtimeOn(store, { clock });
    await first.start(fn, [], { id: 'x' });
    await later(20, 0);
    await first.close();
    clock.move(40);
    const [taken] = await runtimeOn(store, { clock }).recover();
    const settle = async (): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    await settle();
    clock.move(19);
    await settle();
    expect(await taken!.status()).toBe('running');
    clock.move(1);
    expect(await taken!.result()).toBe('awake');
  });

  it('overdue waits fire in order of due time', async () => {
    const fn = durable(async ($) => {
      const order: number[] = [];
      await $.combinator(
        'Promise.all',
        'all',
      )(
        [30, 10, 20].map(async (ms) => {
          const $1 = $.open('map');
          await $1.sleep('sleep', sleep)(ms);
          order.push(ms);
        }),
      );
      return order;
    });
    const { events } = await execute(fn);
    await later(40, 0);
    expect((await recover(events.slice(0, 4))).outcome).toMatchObject({ value: [10, 20, 30] });
    expect((await recover(events.slice(0, 3))).outcome).toMatchObject({ value: [10, 30, 20] });
  });
});

describe('several runtimes on one store', () => {
  it('ask the store for the result of a run that another one drives', async () => {
    const store = memoryStore();
    const { pass, open } = gate();
    const fn = durable(async ($) => $.call('pass', pass)());
    await runtimeOn(store).start(fn, [], { id: 'x' });
    const other = runtimeOn(store);
    expect(await other.recover()).toEqual([]);
    const handle = await other.get('x');
    const joined = await other.start(fn, [], { id: 'x' });
    open('from afar');
    expect(await Promise.all([handle!.result(), joined.result()])).toEqual(['from afar', 'from afar']);
    expect(await other.get('never')).toBeUndefined();
  });

  it('a worker whose lease ran out is fenced off', async () => {
    const store = memoryStore();
    const { pass, open, calls } = gate();
    const fn = durable(async ($) => $.call('pass', pass)());
    const stalled = new Proxy(store, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (key === 'renew') return () => true;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const first = await runtimeOn(stalled, { leaseMs: 10 }).start(fn, [], { id: 'x' });
    await later(20, 0);
    const [second] = await runtimeOn(store).recover();
    open('once');
    await expect(first.result()).rejects.toThrow(LeaseLostError);
    expect(await second!.result()).toBe('once');
    expect(calls()).toBe(2);
    expect(eventsOf(store, 'x').filter(({ type }) => type === 'step')).toHaveLength(1);
  });

  it('leases are renewed', async () => {
    const store = memoryStore();
    const { pass, open } = gate();
    const fn = durable(async ($) => $.call('pass', pass)());
    const handle = await runtimeOn(store, { leaseMs: 30 }).start(fn, []);
    await later(90, 0);
    expect(await runtimeOn(store).recover()).toEqual([]);
    open(1);
    expect(await handle.result()).toBe(1);
  });
});

describe('a store that fails', () => {
  it('stops the runs of that batch, and a recover() takes them up', async () => {
    const store = memoryStore();
    let full = false;
    const failing = new Proxy(store, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (key === 'append' && full) {
          return () => {
            throw new Error('disk full');
          };
        }
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const runtime = runtimeOn(failing);
    const { pass, open, calls } = gate();
    const fn = durable(async ($) => [await $.call('add', add)(1, 2), await $.call('pass', pass)()]);
    const handle = await runtime.start(fn, [], { id: 'x' });
    await later(10, 0);
    full = true;
    open('done');
    await expect(handle.result()).rejects.toThrow(StoreError);
    await expect(handle.result()).rejects.toThrow(/disk full/);
    expect(eventsOf(store, 'x')).toHaveLength(2);
    full = false;
    const [again] = await runtime.recover();
    expect(await again!.result()).toEqual([3, 'done']);
    expect(calls()).toBe(2);
  });
});

describe('nothing is unhandled', () => {
  it('neither a run nobody asks about, nor losers of a race', async () => {
    const seen: unknown[] = [];
    const listen = (reason: unknown): void => void seen.push(reason);
    process.on('unhandledRejection', listen);
    const fn = durable(async ($) => {
      await $.combinator(
        'Promise.race',
        'race',
      )([
        $.start('add', add)(1, 2),
        $.start('fail', () => later(5, 0).then(() => Promise.reject(new Error('late'))))(),
      ]);
      await $.call('wait', later)(20, 0);
      throw new Error('nobody asks');
    });
    const store = memoryStore();
    await runtimeOn(store).start(fn, [], { id: 'x' });
    await vi.waitFor(async () => expect(await store.record('x')).toMatchObject({ status: 'failed' }), 60_000);
    // Node looks for rejections that are not handled after the microtasks of a turn.
    await later(10, 0);
    process.off('unhandledRejection', listen);
    expect(seen).toEqual([]);
  });
});
