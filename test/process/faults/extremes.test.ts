/** Large values, long journals, many of everything, and steps that don't end. `npm run test:nightly` takes more of each. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RuntimeClosedError, SerializationError, TimeoutError } from '../../../runtime/base/errors.ts';
import {
  createRuntime,
  currentStep,
  fileStore,
  memoryStore,
  type Runtime,
  type RuntimeOptions,
  type Store,
  step,
  waitFor,
  withPolicy,
} from '../../../runtime/index.ts';
import { durable } from '../../support/compiled.ts';
import { FULL, itInFull } from '../../support/tier.ts';

const NIGHTLY = process.env.FAULTS === 'nightly';
const MB = 1024 * 1024;

let folder: string;
const open: { runtime: Runtime; store: Store }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'use-durable-extremes-'));
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(options: Omit<RuntimeOptions, 'store'> = {}): { runtime: Runtime; store: Store } {
  const store = fileStore(join(folder, 'runs.db'));
  const runtime = createRuntime({ ...options, store });
  open.push({ runtime, store });
  return { runtime, store };
}

async function stop(timeoutMs = 1_000): Promise<void> {
  for (const { runtime, store } of open.splice(0)) {
    await runtime.close({ timeoutMs });
    await store.close();
  }
}

const add = (a: number, b: number): number => a + b;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('values', { timeout: 120_000 }, () => {
  let recorded = false;
  const large = durable(
    async ($, text: string, bytes: Uint8Array) => {
      const doubled = (await $.call('double', (all: Uint8Array) => ({ all, twice: [all, all] }))(bytes)) as {
        all: Uint8Array;
      };
      recorded = true;
      const signal = (await $.call('waitFor', waitFor)('go')) as string;
      return { text, bytes: doubled.all, signal };
    },
    { id: 'large' },
  );

  it.each(FULL ? [1, NIGHTLY ? 50 : 10] : [1])(
    'of %d MB go through arguments, steps, signals, results and a replay',
    async (mb) => {
      const text = 'ä"\\\u2028x'.repeat((mb * MB) / 8);
      const bytes = new Uint8Array(mb * MB).map((_, index) => index % 251);
      const { runtime } = start();
      await runtime.start(large, [text, bytes], { id: 'x' });
      recorded = false;
      while (!recorded) await turn();
      await stop();
      const again = start();
      const [handle] = await again.runtime.recover();
      await handle!.signal('go', text);
      const result = (await handle!.result()) as { text: string; bytes: Uint8Array; signal: string };
      expect(result.text === text && result.signal === text).toBe(true);
      expect(Buffer.compare(result.bytes, bytes)).toBe(0);
    },
  );

  const deep = (): unknown => {
    let value: unknown = 'end';
    for (let level = 0; level < 200_000; level++) value = [value];
    return value;
  };
  const trap = (): unknown =>
    new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no keys for you');
        },
      },
    );
  const getter = (): unknown => ({
    get mine(): never {
      throw new Error('no value for you');
    },
  });
  it.each([
    ['a function', () => ({ f: () => {} })],
    ['a symbol', () => [Symbol('s')]],
    ['a promise', () => [Promise.resolve(1)]],
    ['200,000 levels deep', deep],
    ['a proxy that throws', trap],
    ['a getter that throws', getter],
  ])('that can not be written fail what they are for, and nothing else: %s', async (_, make) => {
    const { runtime } = start();
    const returns = durable(async ($) => {
      let caught: unknown;
      try {
        await $.call('make', make)();
      } catch (error) {
        caught = error;
      }
      return [(caught as Error).name, await $.call('add', add)(1, 2)];
    });
    expect(await (await runtime.start(returns, [])).result()).toEqual(['SerializationError', 3]);
    const ends = durable(async () => make());
    await expect((await runtime.start(ends, [])).result()).rejects.toThrow(SerializationError);
    const takes = durable(async (_$, value: unknown) => value);
    await expect(runtime.start(takes, [make()])).rejects.toThrow(SerializationError);
    const waits = durable(async ($) => $.call('waitFor', waitFor)('go'));
    const waiting = await runtime.start(waits, []);
    await expect(waiting.signal('go', make())).rejects.toThrow(SerializationError);
    await waiting.signal('go', 'fine');
    expect(await waiting.result()).toBe('fine');
  });
});

describe('many', { timeout: 300_000 }, () => {
  const EVENTS = NIGHTLY ? 100_000 : 10_000;

  it(`${EVENTS} events in one run are written and replayed`, async () => {
    let calls = 0;
    const count = async (n: number): Promise<number> => {
      calls++;
      return n;
    };
    const long = durable(
      async ($) => {
        let sum = 0;
        for (let batch = 0; batch < EVENTS / 100; batch++) {
          const all = await $.combinator(
            'Promise.all',
            'all',
          )(Array.from({ length: 100 }, (_, n) => $.start('count', count)(n) as never));
          for (const n of all as number[]) sum += n;
        }
        return [sum, await $.call('waitFor', waitFor)('go')];
      },
      { id: 'long' },
    );
    const { runtime, store } = start();
    await runtime.start(long, [], { id: 'x' });
    while (calls < EVENTS) await turn();
    while ((await store.load('x'))!.events.length < EVENTS) await turn();
    await stop();
    const [handle] = await start().runtime.recover();
    await handle!.signal('go', 1);
    expect(await handle!.result()).toEqual([(EVENTS / 100) * 4950, 1]);
    expect(calls).toBe(EVENTS);
  });

  it('10,000 steps at once, half of them done when the process ends', async () => {
    const called = new Map<number, number>();
    let hold = true;
    const half = async (n: number): Promise<number> => {
      called.set(n, (called.get(n) ?? 0) + 1);
      if (hold && n % 2 === 1) await new Promise(() => {});
      return n;
    };
    const wide = durable(
      async ($) => {
        const all = await $.combinator(
          'Promise.all',
          'all',
        )(Array.from({ length: 10_000 }, (_, n) => $.start('half', half)(n) as never));
        return (all as number[]).every((value, n) => value === n);
      },
      { id: 'wide' },
    );
    const { runtime, store } = start();
    await runtime.start(wide, [], { id: 'x' });
    while ((await store.load('x'))!.events.length < 5_001) await turn();
    await stop(10);
    hold = false;
    const [handle] = await start().runtime.recover();
    expect(await handle!.result()).toBe(true);
    for (let n = 0; n < 10_000; n++) expect(called.get(n)).toBe(1 + (n % 2));
  });

  // A signal to a file is a commit, and so is its receipt.
  it.each([
    ['memory', 10_000],
    ['file', NIGHTLY ? 10_000 : 500],
  ])('signals to one run come in their order, before and after a restart: %s, %d', async (kind, signals) => {
    const takes = durable(
      async ($) => {
        const seen: unknown[] = [];
        for (let n = 0; n < signals; n++) seen.push(await $.call('waitFor', waitFor)('n'));
        return seen;
      },
      { id: 'takes' },
    );
    const store = kind === 'memory' ? memoryStore() : fileStore(join(folder, 'signals.db'));
    const before = createRuntime({ store });
    const first = await before.start(takes, [], { id: 'x' });
    for (let n = 0; n < signals / 2; n++) await first.signal('n', n);
    await before.close();
    const runtime = createRuntime({ store });
    open.push({ runtime, store });
    const [handle] = await runtime.recover();
    await Promise.all(Array.from({ length: signals / 2 }, (_, n) => handle!.signal('n', signals / 2 + n)));
    expect(await handle!.result()).toEqual(Array.from({ length: signals }, (_, n) => n));
  });

  itInFull('runs that call one another by signals, each in a step', async () => {
    const rounds = NIGHTLY ? 2_000 : 200;
    const { runtime } = start();
    const send = async (to: string, n: number): Promise<void> => (await runtime.get(to))!.signal('ball', n);
    const play = durable(
      async ($, other: string) => {
        for (;;) {
          const n = (await $.call('waitFor', waitFor)('ball')) as number;
          if (n < 2 * rounds) await $.call('send', send)(other, n + 1);
          if (n >= 2 * rounds - 1) return n;
        }
      },
      { id: 'play' },
    );
    const ping = await runtime.start(play, ['pong'], { id: 'ping' });
    const pong = await runtime.start(play, ['ping'], { id: 'pong' });
    await ping.signal('ball', 1);
    expect(await Promise.all([ping.result(), pong.result()])).toEqual([2 * rounds - 1, 2 * rounds]);
  });

  itInFull('signals that a run sends itself', async () => {
    const { runtime } = start();
    const send = async (n: number): Promise<void> => (await runtime.get('self'))!.signal('n', n);
    const self = durable(async ($) => {
      let n = 0;
      while (n < 100) {
        await $.call('send', send)(n + 1);
        n = (await $.call('waitFor', waitFor)('n')) as number;
      }
      return n;
    });
    expect(await (await runtime.start(self, [], { id: 'self' })).result()).toBe(100);
  });
});

describe('a step that never returns', () => {
  const never = (): Promise<never> => new Promise(() => {});

  it('keeps neither other runs nor close() waiting', async () => {
    let aborted: unknown;
    const hang = (): Promise<never> => {
      const { signal } = currentStep();
      signal.addEventListener('abort', () => {
        aborted = signal.reason;
      });
      return never();
    };
    const { runtime, store } = start();
    const stuck = await runtime.start(
      durable(async ($) => $.call('hang', hang)()),
      [],
      { id: 'stuck' },
    );
    const failure = stuck.result().catch((error: unknown) => error);
    const other = durable(async ($) => $.call('add', add)(1, 2));
    expect(await (await runtime.start(other, [])).result()).toBe(3);
    await runtime.close({ timeoutMs: 10 });
    expect(await failure).toBeInstanceOf(RuntimeClosedError);
    expect(aborted).toBeInstanceOf(RuntimeClosedError);
    expect((await store.record('stuck'))?.status).toBe('running');
  });

  it('ends with its policy, or with the run', async () => {
    const { runtime } = start();
    const limited = withPolicy(never, { timeout: 10, retry: { attempts: 2, delay: 1 } });
    const times = durable(async ($) => $.call('never', limited)());
    await expect((await runtime.start(times, [])).result()).rejects.toThrow(TimeoutError);
    const hangs = durable(async ($) => $.step('never', step)(never));
    await expect((await runtime.start(hangs, [], { timeout: 10 })).result()).rejects.toThrow(TimeoutError);
  });
});
