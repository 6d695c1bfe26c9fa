import { describe, expect, it } from 'vitest';
import {
  createCallback,
  createRuntime,
  type Handle,
  memoryStore,
  NonDeterminismError,
  type Runtime,
  sleep,
  startChild,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';

/** What a run is owed that is resumed, that asks twice, whose time is over, or that has to wait for room. */
async function withRuntime<T>(use: (runtime: Runtime) => Promise<T>, options = {}): Promise<T> {
  const runtime = createRuntime({ store: memoryStore(), ...options });
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}

type Child = { readonly result: () => Promise<unknown> };
const kid = durable(
  async ($, ms: number) => {
    await $.sleep('sleep', sleep)(ms);
    return 'kid';
  },
  { id: 'again-kid' },
);

describe('a run that is resumed', () => {
  it('learns of the end of another run that came while it was over', async () => {
    let broken = true;
    const parent = durable(async ($) => {
      const child = (await $.call('startChild', startChild)(kid, [30])) as Child;
      await $.call('work', async () => {
        if (broken) throw new Error('broken');
      })();
      return $.method('child.result', child, 'result')();
    });
    await withRuntime(async (runtime) => {
      const run = await runtime.start(parent, [], { id: 'p' });
      await expect(run.result()).rejects.toThrow('broken');
      await (await runtime.get('p/startChild'))?.result();
      broken = false;
      await expect((await runtime.resume('p')).result()).resolves.toBe('kid');
    });
  });

  it('is followed by the handles from before', async () => {
    let broken = true;
    const fn = durable(async ($) => {
      await $.call('work', async () => {
        if (broken) throw new Error('broken');
      })();
      await $.call('waitFor', waitFor)('go');
      return 'done';
    });
    await withRuntime(async (runtime) => {
      const started = await runtime.start(fn, [], { id: 'r' });
      const asked = (await runtime.get('r'))!;
      for (const handle of [started, asked]) await expect(handle.result()).rejects.toThrow('broken');
      // Nothing has changed: they say so again.
      for (const handle of [started, asked]) await expect(handle.result()).rejects.toThrow('broken');
      broken = false;
      const resumed = await runtime.resume('r');
      const results = [started, asked, resumed].map((handle) => handle.result());
      expect(await started.status()).toBe('running');
      await started.signal('go');
      expect(await Promise.all(results)).toEqual(['done', 'done', 'done']);
      for (const handle of [started, asked, resumed]) {
        expect(await handle.status()).toBe('completed');
        expect(await handle.result()).toBe('done');
      }
    });
  });

  it('is followed by handles of all runtimes on the store, whoever resumes it, and when it was cancelled', async () => {
    const fn = durable(async ($) => $.call('waitFor', waitFor)('go'), { id: 'again-followed' });
    const store = memoryStore();
    await withRuntime(
      async (one) => {
        await withRuntime(
          async (other) => {
            const before = await one.start(fn, [], { id: 'r' });
            await before.cancel();
            await expect(before.result()).rejects.toThrow('cancelled');
            await other.resume('r');
            expect(await before.status()).toBe('running');
            const result = before.result();
            await (await other.get('r'))?.signal('go', 'gone');
            expect(await result).toBe('gone');
            expect(await before.result()).toBe('gone');
          },
          { store },
        );
      },
      { store },
    );
  });

  it('is followed by the handle of a run that was blocked', async () => {
    let first = true;
    const fn = durable(async ($) => {
      await $.call(first ? 'a' : 'b', async () => {})();
      return $.call('waitFor', waitFor)('go');
    });
    const store = memoryStore();
    await withRuntime(async (runtime) => void (await runtime.start(fn, [], { id: 'r' })), { store });
    await withRuntime(
      async (runtime) => {
        first = false;
        const [blocked] = await runtime.recover();
        await expect(blocked?.result()).rejects.toThrow(NonDeterminismError);
        await expect(blocked?.result()).rejects.toThrow(NonDeterminismError);
        first = true;
        const resumed = await runtime.resume('r');
        const result = blocked?.result();
        await resumed.signal('go', 'on');
        expect(await result).toBe('on');
      },
      { store, onBlocked: () => {} },
    );
  });

  it('takes what it was sent and had not asked for, in the order of sending', async () => {
    let broken = true;
    const fn = durable(async ($) => {
      const flaky = async (): Promise<void> => {
        if (broken) throw new Error('broken');
      };
      const callback = (await $.call('createCallback', createCallback)()) as Child & { token: string };
      token = callback.token;
      const failed = await ($.call('flaky', flaky)() as Promise<void>).catch(() => true);
      const first = await $.call('waitFor', waitFor)('s');
      if (failed) throw new Error(`gave up after ${String(first)}`);
      const second = await $.call('waitFor#2', waitFor)('s');
      return [first, second, await $.method('callback.result', callback, 'result')()];
    });
    let token = '';
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, [], { id: 'r' });
      while (token === '') await later(1, undefined);
      await runtime.complete(token, 'answer');
      await run.signal('s', 'one');
      await run.signal('s', 'two').catch(() => {});
      await expect(run.result()).rejects.toThrow('gave up after one');
      broken = false;
      const again = await runtime.resume('r');
      const sent = again.signal('s', 'three');
      const [first, second, answer] = (await again.result()) as string[];
      await sent.catch(() => {});
      expect(first).toBe('one');
      expect(['two', 'three']).toContain(second);
      expect(answer).toBe('answer');
    });
  });
});

describe('another run that is started twice under one id', () => {
  it('gives its result to each that asks, in another process too', async () => {
    const twice = durable(async ($) => {
      const one = (await $.call('startChild', startChild)(kid, [1], { id: 'both' })) as Child;
      const other = (await $.call('startChild#2', startChild)(kid, [1], { id: 'both' })) as Child;
      const first = await $.method('one.result', one, 'result')();
      const go = await $.call('waitFor', waitFor)('go');
      return [first, go, await $.method('other.result', other, 'result')()];
    });
    const store = memoryStore();
    const before = createRuntime({ store });
    const run = await before.start(twice, [], { id: 'p' });
    while (!(await run.events()).some(({ type }) => type === 'received')) await later(1, undefined);
    await before.close();
    await withRuntime(
      async (runtime) => {
        const [again] = await runtime.recover();
        await again?.signal('go', 'on');
        await expect(again?.result()).resolves.toEqual(['kid', 'on', 'kid']);
      },
      { store },
    );
  });

  it('gives it to all that ask at once', async () => {
    const together = durable(async ($) => {
      const children = await Promise.all(
        [0, 1, 2].map(
          (n) => $.call(`startChild#${n + 1}`, startChild)(kid, [5], { id: 'shared' }) as Promise<Child>,
        ),
      );
      return Promise.all(children.map((child, n) => $.method(`result#${n + 1}`, child, 'result')()));
    });
    await withRuntime(async (runtime) => {
      await expect((await runtime.start(together, [])).result()).resolves.toEqual(['kid', 'kid', 'kid']);
    });
  });
});

describe('maxRuns', () => {
  it('is no deadlock for a run that went on after its time was over', async () => {
    const stubborn = durable(async ($) => {
      await ($.sleep('sleep', sleep)('1 hour') as Promise<void>).catch(() => {});
      const child = (await $.call('startChild', startChild)(kid, [1])) as Child;
      return $.method('child.result', child, 'result')();
    });
    await withRuntime(
      async (runtime) => {
        await runtime.recover();
        const run = await runtime.start(stubborn, [], { timeout: 20 });
        await expect(run.result()).resolves.toBe('kid');
      },
      { maxRuns: 1 },
    );
  });

  it('holds for runs that are asked for, started again and resumed', async () => {
    let running = 0;
    let most = 0;
    const fn = durable(
      async ($, fails: boolean) =>
        $.call('work', async () => {
          most = Math.max(most, ++running);
          await later(3, undefined);
          running--;
          if (fails && most < 3) throw new Error('failed');
          return 'done';
        })(),
      { id: 'again-limited' },
    );
    const store = memoryStore();
    const ids = Array.from({ length: 6 }, (_, n) => `r${n}`);
    const dead = createRuntime({ store, maxRuns: 1 });
    for (const id of ids) await dead.start(fn, [false], { id });
    await dead.close();
    most = 0;
    await withRuntime(
      async (runtime) => {
        const handles = await Promise.all(ids.map((id) => runtime.get(id)));
        const results = handles.map((handle) => (handle as Handle).result());
        const again = ids.map(async (id) => (await runtime.start(fn, [false], { id })).result());
        expect(await Promise.all([...results, ...again])).toEqual(Array(12).fill('done'));
        const failing = ids.map(async (id) => runtime.start(fn, [true], { id: `f${id}` }));
        await Promise.allSettled(failing.map(async (run) => (await run).result()));
        const resumed = ids.map(async (id) => (await runtime.resume(`f${id}`)).result());
        await Promise.allSettled(resumed);
        expect(most).toBe(1);
      },
      { store, maxRuns: 1 },
    );
  });
});
