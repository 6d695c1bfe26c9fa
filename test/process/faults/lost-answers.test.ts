/** Stores that do what they are asked and whose answer is lost, that answer late, or that fail once. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../../runtime/base/errors.ts';
import { createRuntime, memoryStore, type Runtime, type Store, waitFor } from '../../../runtime/index.ts';
import { encode } from '../../../runtime/values/codec.ts';
import { durable } from '../../support/compiled.ts';
import { started, step, worker } from '../../unit/runtime/stores/events.ts';

const runtimes: Runtime[] = [];
afterEach(async () => {
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
});

function runtimeOn(store: Store, leaseMs = 30_000): Runtime {
  const runtime = createRuntime({ store, leaseMs, onBlocked: () => {} });
  runtimes.push(runtime);
  return runtime;
}

type Method = (...args: readonly unknown[]) => unknown;

/** The store, with some of its methods changed. */
function changed(store: Store, methods: Partial<Record<keyof Store, (method: Method) => Method>>): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const method: Method = value.bind(target);
      return methods[name as keyof Store]?.(method) ?? method;
    },
  });
}

/** Does it, and fails as often as this says. */
const unanswered =
  (isLost: (...args: readonly unknown[]) => boolean) =>
  (method: Method): Method =>
  (...args) => {
    const answer = method(...args);
    if (isLost(...args)) throw new StoreError('the answer was lost');
    return answer;
  };

const once = (): (() => boolean) => {
  let left = 1;
  return () => left-- > 0;
};

const ended = (store: Store, id: string): Promise<unknown> =>
  vi.waitFor(async () => expect((await store.record(id))?.status).toBe('completed'), 20_000);

/** A run whose worker is gone. */
async function abandoned(store: Store, id: string): Promise<void> {
  const input = await encode([], 'arguments');
  await store.create(id, { ...started(1, 'lost-answers'), input }, worker(`dead ${id}`, { leaseUntil: 0 }));
}

const quick = durable(async ($) => $.call('give', async () => 'given')(), { id: 'lost-answers' });

describe('a store whose answer is lost', () => {
  it('gives a run to a worker, which takes it up all the same', async () => {
    const store = memoryStore();
    const lose = once();
    const lost: unknown[] = [];
    const claim = (method: Method): Method => {
      return (...args) => {
        const claims = method(...args) as readonly unknown[];
        if (claims.length === 0 || !lose()) return claims;
        lost.push(...claims);
        throw new StoreError('the answer was lost');
      };
    };
    const runtime = runtimeOn(changed(store, { claim }));
    await runtime.recover();
    await abandoned(store, 'x');
    await ended(store, 'x');
    expect(lost).toMatchObject([{ runId: 'x' }]);
  });

  it('creates a run, which its worker takes up by itself, or when it is started again', async () => {
    for (const isWorker of [true, false]) {
      const store = memoryStore();
      const runtime = runtimeOn(changed(store, { together: unanswered(once()) }));
      if (isWorker) await runtime.recover();
      await expect(runtime.start(quick, [], { id: 'x' })).rejects.toThrow('the answer was lost');
      if (!isWorker) await runtime.start(quick, [], { id: 'x' });
      await ended(store, 'x');
    }
  });

  it('records the end of a run, which is told as its end and blocks nothing', async () => {
    const store = memoryStore();
    const blocked: string[] = [];
    const endsRun = (batch: unknown): boolean => JSON.stringify(batch).includes('"run-ended"');
    const lose = once();
    const runtime = createRuntime({
      store: changed(store, { append: unanswered((batch) => endsRun(batch) && lose()) }),
      onBlocked: ({ id }) => blocked.push(id),
    });
    runtimes.push(runtime);
    await runtime.recover();
    const handle = await runtime.start(quick, [], { id: 'x' });
    await handle.result().catch(() => {});
    expect(await (await runtime.start(quick, [], { id: 'x' })).result()).toBe('given');
    await runtime.recover();
    expect(await handle.result()).toBe('given');
    expect(blocked).toEqual([]);
  });
});

describe('a store that fails once', () => {
  it('when a journal is to be read, has the worker try again, and blocks nothing', async () => {
    const store = memoryStore();
    await abandoned(store, 'x');
    const runtime = runtimeOn(changed(store, { load: unanswered(once()) }));
    const [handle] = await runtime.recover();
    await expect(handle!.result()).rejects.toThrow(StoreError);
    expect((await store.record('x'))?.status).toBe('running');
    await ended(store, 'x');
  });
});

describe('a worker that was sent something for a run that it did not drive at that moment', () => {
  it('does not receive it when another worker has done so since', async () => {
    const store = memoryStore();
    let fails = false;
    let name = '';
    const polls: number[] = [];
    const append = (method: Method): Method => {
      return (...args) => {
        if (fails) throw new StoreError('down');
        return method(...args);
      };
    };
    const claim = (method: Method): Method => {
      return (...args) => {
        name = (args[0] as { worker: string }).worker;
        return method(...args);
      };
    };
    const messages = (method: Method): Method => {
      return (...args) => {
        const found = method(...args) as { messages: readonly unknown[] };
        polls.push(found.messages.length);
        return found;
      };
    };
    const runtime = runtimeOn(changed(store, { append, claim, messages }));
    await runtime.recover();
    const twice = durable(async ($) => {
      const wait = (): Promise<unknown> => $.call('waitFor', waitFor)('go') as Promise<unknown>;
      await $.call('begin', async () => 'begun')();
      return [await wait(), await wait()];
    });
    fails = true;
    const handle = await runtime.start(twice, [], { id: 'x' });
    await expect(handle.result()).rejects.toThrow(StoreError);
    await store.send('x', { kind: 'signal', name: 'go', ok: true, value: await encode('one', 'payload') });
    await vi.waitFor(() => expect(polls).toContain(1));

    await store.release(name);
    const other = worker('other');
    const [taken] = await store.claim(other, { only: 'x' });
    const [message] = (await store.load('x'))!.messages;
    const { value, seq } = message!;
    const received = {
      type: 'received',
      key: 'waitFor',
      ok: true,
      value,
      channel: 'signal:go',
      message: seq,
    } as const;
    const begun = { ...step('begin'), value: await encode('begun', 'result') };
    expect(
      await store.append([{ claim: taken!, seq: 1, events: [begun, { ...received, at: 3_000 }] }]),
    ).toEqual([]);
    fails = false;
    const takenUp = new Promise((resolve) => void runtime.on('run-taken-up', resolve));
    await store.release('other');
    await takenUp;
    await (await runtime.get('x'))!.signal('go', 'two');
    await ended(store, 'x');
    expect(await (await runtime.get('x'))!.result()).toEqual(['one', 'two']);
  });
});

describe('a worker that was found gone', () => {
  it('takes up again what nobody else has taken', async () => {
    const store = memoryStore();
    let down = false;
    const fail =
      (method: Method): Method =>
      (...args) => {
        if (down) throw new StoreError('down');
        return method(...args);
      };
    const runtime = runtimeOn(changed(store, { renew: fail, append: fail, claim: fail, messages: fail }), 60);
    await runtime.recover();
    const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));
    const handle = await runtime.start(waiting, [], { id: 'x' });
    down = true;
    await expect(handle.result()).rejects.toThrow(StoreError);
    // Longer than its lease: another one looks for runs of its own, finds this worker gone, and takes none.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await store.claim(worker('other', { leaseUntil: Date.now() + 60_000 }), { fns: ['another'] });
    down = false;
    await vi.waitFor(async () => {
      const again = await runtime.get('x');
      await again?.signal('go', 'went');
    });
    await ended(store, 'x');
  });
});

describe('a store that answers late', () => {
  const late =
    (ms: number) =>
    (method: Method): Method =>
    async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return method(...args);
    };

  it('has no run parked for ever whose time is over', async () => {
    const store = memoryStore();
    const runtime = createRuntime({ store: changed(store, { messages: late(60) }), parkAfterMs: 10 });
    runtimes.push(runtime);
    await runtime.recover();
    const impatient = durable(async ($) => {
      const wait = $.call('waitFor', waitFor)('go', { timeout: 30 }) as Promise<unknown>;
      return wait.catch((error: Error) => error.name);
    });
    const handle = await runtime.start(impatient, [], { id: 'x' });
    expect(await handle.result()).toBe('TimeoutError');
  });

  it('loses no message that comes while a run is given back', async () => {
    const store = memoryStore();
    let parking = (): void => {};
    const isParking = new Promise<void>((resolve) => (parking = resolve));
    const park = (method: Method): Method => {
      return async (...args) => {
        parking();
        await new Promise((resolve) => setTimeout(resolve, 150));
        return method(...args);
      };
    };
    const runtime = createRuntime({ store: changed(store, { park }), parkAfterMs: 10 });
    runtimes.push(runtime);
    await runtime.recover();
    const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));
    const handle = await runtime.start(waiting, [], { id: 'x' });
    await isParking;
    await handle.signal('go', 'went');
    expect(await handle.result()).toBe('went');
  });
});
