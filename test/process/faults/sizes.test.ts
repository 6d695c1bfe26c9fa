/** Values that are too large for the store, or for anything: what they are for fails by name, and nothing else does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MisuseError, SerializationError, StoreError } from '../../../runtime/base/errors.ts';
import {
  createCallback,
  createRuntime,
  fileStore,
  memoryStore,
  type Runtime,
  type Store,
  startChild,
  step,
  waitFor,
  withPolicy,
} from '../../../runtime/index.ts';
import type { Append, StoreLimits } from '../../../runtime/stores/store.ts';
import { durable } from '../../support/compiled.ts';
import { itInFull } from '../../support/tier.ts';
import { started, step as stepEnded, worker } from '../../unit/runtime/stores/events.ts';

let folder: string;
const open: { runtime: Runtime; store: Store }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'use-durable-sizes-'));
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function stop(): Promise<void> {
  for (const { runtime, store } of open.splice(0)) {
    await runtime.close({ timeoutMs: 0 });
    await store.close();
  }
}

const STORES: [string, () => Store][] = [
  ['memory', memoryStore],
  ['file', () => fileStore(join(folder, 'runs.db'))],
];
const LIMITS = { value: 5_000, journal: 20_000 };

/** A runtime on a store that keeps less than it does otherwise. */
function start(make: () => Store, limits: StoreLimits = LIMITS): { runtime: Runtime; store: Store } {
  const store = Object.assign(make(), { limits });
  const runtime = createRuntime({ store });
  open.push({ runtime, store });
  return { runtime, store };
}

const text = (length: number): string => 'x'.repeat(length);
const give = (length: number): string => text(length);
const escaped = (length: number): string => '"'.repeat(length);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const failure = async (promise: Promise<unknown>): Promise<SerializationError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SerializationError);
  return error as SerializationError;
};

/** A store that takes no event of so many characters, as SQLite does that was built so, and doesn't say so before. */
function withSecretLimit(store: Store, most: number): Store & { refusals: number } {
  const { append } = store;
  return Object.assign(store, {
    refusals: 0,
    append(this: Store & { refusals: number }, batch: readonly Append[]) {
      const isTooLarge = batch.some(({ events }) =>
        events.some((event) => JSON.stringify(event).length > most),
      );
      if (!isTooLarge) return append.call(store, batch);
      this.refusals++;
      throw new StoreError('string or blob too big', { partial: true, tooLargeFrom: 1_000 });
    },
  });
}

describe.each(STORES)('what the store %s refuses for its size, below its limits', (_, make) => {
  it('fails what it is for, once, and nothing else', async () => {
    let calls = 0;
    const small = async (): Promise<string> => 'xx';
    const large = async (): Promise<string> => {
      calls++;
      return text(6_000);
    };
    const fn = durable(async ($) => {
      const both = await Promise.allSettled([
        $.start('small', small)() as Promise<string>,
        $.start('large', large)() as Promise<string>,
      ]);
      return both.map((each) => (each.status === 'fulfilled' ? each.value : each.reason.message));
    });
    const end = durable(async () => text(6_000), { id: 'too-large-an-end' });
    const store = withSecretLimit(make(), 5_000);
    const runtime = createRuntime({ store });
    open.push({ runtime, store });
    const [one, other, healthy] = await Promise.all([
      runtime.start(fn, []),
      runtime.start(end, []),
      runtime.start(
        durable(async ($) => $.call('give', give)(3), { id: 'healthy-beside' }),
        [],
      ),
    ]);
    expect(await one.result()).toEqual([
      'xx',
      expect.stringMatching(
        /^The result of step "large" can't be written.*the store refuses it: string or blob too big/,
      ),
    ]);
    expect(calls).toBe(1);
    const error = await failure(other.result());
    expect(error.message).toContain('string or blob too big');
    expect(await other.status()).toBe('failed');
    expect(await healthy.result()).toBe('xxx');
    expect(store.refusals).toBeGreaterThan(0);
  });

  it('stops a run as other failures do where nothing in it is large', async () => {
    const store = withSecretLimit(make(), 150);
    const runtime = createRuntime({ store });
    open.push({ runtime, store });
    const handle = await runtime.start(
      durable(async ($) => $.call('give', give)(100), { id: 'small-refused' }),
      [],
    );
    await expect(handle.result()).rejects.toThrow(StoreError);
  });
});

it('SQLite’s own limit is found by the error', async () => {
  const store = fileStore(join(folder, 'limited.db'));
  const claim = (await store.create('r', started(), worker('a')))!;
  const huge = {
    ...stepEnded('s'),
    value: {
      toJSON: () => {
        throw new RangeError('Invalid string length');
      },
    } as never,
  };
  expect(() => store.append([{ claim, seq: 1, events: [huge] }])).toThrow(
    expect.objectContaining({ tooLargeFrom: 1_000, partial: true }),
  );
  await store.close();
});

describe.each(STORES)('what is larger than the store %s keeps of one value', (_, make) => {
  it('fails the step that returns it, which is recorded and can be caught', async () => {
    let calls = 0;
    const count = (length: number): string => {
      calls++;
      return escaped(length);
    };
    const fn = durable(
      async ($) => {
        try {
          await $.call('count', count)(2_000);
        } catch (error) {
          const { name, code, path, message } = error as SerializationError;
          await $.call('waitFor', waitFor)('go');
          return { name, code, path, message, after: await $.call('give', give)(3) };
        }
      },
      { id: 'sized' },
    );
    const { runtime, store } = start(make);
    await runtime.start(fn, [], { id: 'r' });
    while ((await store.load('r'))!.events.length < 2) await turn();
    await runtime.close();
    open.pop();
    // Memory ends with its store.
    const again = createRuntime({ store });
    open.push({ runtime: again, store });
    await again.recover();
    await (await again.get('r'))!.signal('go');
    expect(await (await again.get('r'))!.result()).toEqual({
      name: 'SerializationError',
      code: 'NOT_SERIALIZABLE',
      path: 'result',
      // Two characters for each in the value, and twice as many in the event.
      message: expect.stringMatching(
        /^The result of step "count" can't be written to the journal: it takes at least 8,008 bytes, and \S+ keeps at most 5,000 of one value\./,
      ),
      after: 'xxx',
    });
    expect(calls).toBe(1);
  });

  it.each([
    ['message', () => new Error(text(6_000))],
    ['data', () => Object.assign(new Error('short'), { data: text(6_000) })],
    ['stack', () => Object.assign(new Error('short'), { stack: text(6_000) })],
    ['no error', () => text(6_000)],
  ])('fails the step that throws it: %s', async (_what, thrown) => {
    const fail = (): never => {
      throw thrown();
    };
    const fn = durable(async ($) => {
      try {
        await $.call('fail', fail)();
      } catch (error) {
        return [(error as Error).name, (error as Error).message];
      }
    });
    const { runtime } = start(make);
    expect(await (await runtime.start(fn, [])).result()).toEqual([
      'SerializationError',
      expect.stringContaining('The error of step "fail" can\'t be written'),
    ]);
  });

  it('fails that step alone among those beside it, and takes no part in their race', async () => {
    let calls = 0;
    const count = async (length: number): Promise<string> => {
      calls++;
      return text(length);
    };
    const fn = durable(
      async ($) => {
        const beside = [6_000, 1, 2].map((length) => $.start('count', count)(length));
        const settled = await Promise.allSettled(beside);
        const first = await Promise.any([6_000, 3].map((length) => $.start('count', count)(length)));
        await $.call('waitFor', waitFor)('go');
        return [settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.name)), first];
      },
      { id: 'sized beside' },
    );
    const { runtime, store } = start(make);
    await runtime.start(fn, [], { id: 'r' });
    while ((await store.load('r'))!.events.filter(({ type }) => type === 'step').length < 5) await turn();
    await runtime.close();
    open.pop();
    const again = createRuntime({ store });
    open.push({ runtime: again, store });
    await again.recover();
    await (await again.get('r'))!.signal('go');
    expect(await (await again.get('r'))!.result()).toEqual([['SerializationError', 'x', 'xx'], 'xxx']);
    expect(calls).toBe(5);
  });

  it('is no reason to give up an attempt that is followed by another one', async () => {
    let calls = 0;
    const flaky = (): string => {
      if (++calls < 3) throw new Error(text(6_000));
      return 'done';
    };
    const again = withPolicy(flaky, { retry: { attempts: 5, delay: 1 } });
    const fn = durable(async ($) => $.call('flaky', again)());
    const { runtime } = start(make);
    const handle = await runtime.start(fn, []);
    expect(await handle.result()).toBe('done');
    expect((await handle.events()).map(({ type }) => type)).toEqual([
      'run-started',
      'attempt-failed',
      'attempt-failed',
      'step',
      'run-ended',
    ]);
  });

  it('starts no run', async () => {
    const fn = durable(async (_$, given: string) => given.length, { id: 'takes' });
    const { runtime } = start(make);
    const refused = await failure(runtime.start(fn, [text(6_000)], { id: 'r' }));
    expect(refused.message).toMatch(/arguments of "takes" .* 6,0\d\d bytes/);
    const nightly = runtime.schedule('nightly', { cron: '0 3 * * *' }, fn, [text(6_000)]);
    expect((await failure(nightly)).path).toBe('arguments');
    expect(await runtime.list()).toEqual([]);
    expect(await (await runtime.start(fn, ['x'], { id: 'r' })).result()).toBe(1);
  });

  it('fails the run that returns or throws it', async () => {
    const returns = durable(async () => text(6_000));
    const throws = durable(async () => {
      throw new Error(text(6_000));
    });
    const { runtime } = start(make);
    const one = await runtime.start(returns, [], { id: 'one' });
    expect((await failure(one.result())).message).toContain('The result of run "one"');
    const two = await runtime.start(throws, [], { id: 'two' });
    expect((await failure(two.result())).message).toContain('The error of run "two"');
    expect(await Promise.all([one.status(), two.status()])).toEqual(['failed', 'failed']);
  });

  it('is refused as the payload of a signal, the value of a callback and the reason of a cancellation', async () => {
    let token = '';
    const tell = (given: string): void => {
      token = given;
    };
    const fn = durable(async ($) => {
      const callback = (await $.call('createCallback', createCallback)()) as {
        token: string;
        result(): Promise<unknown>;
      };
      await $.call('tell', tell)(callback.token);
      return [
        await $.method('callback.result', callback, 'result')(),
        await $.call('waitFor', waitFor)('go'),
      ];
    });
    const { runtime } = start(make);
    const handle = await runtime.start(fn, []);
    while (token === '') await turn();
    expect((await failure(runtime.complete(token, text(6_000)))).message).toContain('value of the callback');
    expect((await failure(runtime.fail(token, new Error(text(6_000))))).path).toBe('error');
    expect((await failure(handle.signal('go', text(6_000)))).message).toContain('payload of signal "go"');
    expect((await failure(handle.cancel(text(6_000)))).path).toBe('reason');
    await runtime.complete(token, 1);
    await handle.signal('go', 2);
    expect(await handle.result()).toEqual([1, 2]);
  });

  it('fails what starts another run with it, and what waits for the end of one that returns it', async () => {
    const child = durable(async (_$, length: number, given: string) => text(length) + given);
    const fn = durable(async ($) => {
      const seen: string[] = [];
      for (const args of [[1, text(6_000)] as const, [6_000, ''] as const]) {
        try {
          const started = (await $.call('startChild', startChild)(child, args as never)) as {
            result(): Promise<unknown>;
          };
          await $.method('child.result', started, 'result')();
        } catch (error) {
          seen.push(`${(error as Error).name}: ${(error as Error).message}`);
        }
      }
      return seen;
    });
    const { runtime } = start(make);
    expect(await (await runtime.start(fn, [])).result()).toEqual([
      expect.stringMatching(/^SerializationError: The arguments of "test-\d+"/),
      expect.stringMatching(/^SerializationError: The result of run "/),
    ]);
  });

  it('counts for the journal of a run as a whole, after a restart too', async () => {
    const fn = durable(
      async ($) => {
        let kept = 0;
        for (; kept < 20; kept++) {
          try {
            await $.call('give', give)(4_000);
          } catch (error) {
            const waited = await $.call('waitFor', waitFor)('go').then(String, String);
            return [kept, (error as Error).message, waited];
          }
          await $.call('waitFor#2', waitFor)('next');
        }
      },
      { id: 'fills' },
    );
    const { runtime, store } = start(make);
    const first = await runtime.start(fn, [], { id: 'r' });
    await first.signal('next');
    await first.signal('next');
    while ((await store.load('r'))!.events.length < 6) await turn();
    await runtime.close();
    open.pop();
    const again = createRuntime({ store });
    open.push({ runtime: again, store });
    const [handle] = await again.recover();
    await handle!.signal('next');
    await handle!.signal('next');
    await handle!.signal('go', text(4_000));
    expect(await handle!.result()).toEqual([
      4,
      expect.stringMatching(
        /result of step "give\[4\]" .* journal of run "r" are 20,\d\d\d characters, .* at most 20,000 of one run/,
      ),
      expect.stringContaining('SerializationError: The message that "waitFor" waited for'),
    ]);
  });
});

it('names that are longer than any name are refused where they are given', async () => {
  const fn = durable(async ($) => $.step('"x"', step)(text(20_000), () => 1).catch(String));
  const { runtime } = start(memoryStore);
  await expect(runtime.start(fn, [], { id: text(20_000) })).rejects.toThrow(/has 20000 characters; 10000/);
  const handle = await runtime.start(fn, []);
  await expect(handle.signal(text(20_000))).rejects.toThrow(MisuseError);
  expect(await handle.result()).toMatch(/^MisuseError: step\(name, fn\): the name has 20000 characters/);
});

it('why a run is blocked is kept in a length that is read', async () => {
  const store = memoryStore();
  const fn = text(20_000);
  await store.create(
    'r',
    { type: 'run-started', version: 1, fn, input: '1j[]', seed: '', at: 1 },
    worker('a'),
  );
  await store.release('a');
  const runtime = createRuntime({ store, onBlocked: () => {} });
  open.push({ runtime, store });
  await runtime.recover();
  const { status, reason } = (await store.record('r'))!;
  expect([status, reason!.length]).toEqual(['blocked', 10_003]);
});

// Half a gigabyte of memory: two characters for each of these in the value, and four in the event.
itInFull('a text that no string could hold the event of fails its step', { timeout: 60_000 }, async () => {
  let calls = 0;
  const huge = (): string => {
    calls++;
    return escaped(140e6);
  };
  const fn = durable(async ($) => {
    try {
      await $.call('huge', huge)();
    } catch (error) {
      return (error as Error).message;
    }
  });
  const store = fileStore(join(folder, 'runs.db'));
  const runtime = createRuntime({ store });
  open.push({ runtime, store });
  expect(await (await runtime.start(fn, [])).result()).toMatch(
    /result of step "huge" .* keeps at most 250,000,000/,
  );
  expect(calls).toBe(1);
});
