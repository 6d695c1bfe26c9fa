import { describe, expect, it } from 'vitest';
import {
  type Callback,
  CallbackError,
  CancelledError,
  type ChildRun,
  createCallback,
  createRuntime,
  currentStep,
  type Handle,
  MisuseError,
  memoryStore,
  NotCompiledError,
  RunConflictError,
  type Runtime,
  SerializationError,
  signals,
  sleep,
  startChild,
  TimeoutError,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { crashWithMail, type Survived } from '../../../support/crash-with-mail.ts';
import { effect, later } from '../../../support/effects.ts';

const returned = ({ outcome }: Survived): unknown => {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
};

async function work(name: string, ms = 0): Promise<string> {
  effect(name);
  return later(ms, name);
}

/** Resolves once the journal of the run holds an event with such a key. */
async function until(run: Handle, key: string): Promise<void> {
  while (!(await run.events()).some((event) => 'key' in event && event.key === key))
    await later(1, undefined);
}

async function withRuntime<T>(use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = createRuntime({ store: memoryStore() });
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}

describe('signals', () => {
  it('are received in order, whether they were sent before or after the wait', async () => {
    const fn = durable(async ($) => {
      const first = await $.call('waitFor', waitFor)('go');
      const name = await $.call('work', work)(`after ${String(first)}`);
      const second = await $.call('waitFor#2', waitFor)('go');
      return [first, name, second];
    });
    const run = await crashWithMail(fn, [], async (handle) => {
      await handle.signal('go', 1);
      await handle.signal('other', 'never asked for');
      await handle.signal('go', new Map([['two', 2n]]));
    });
    expect(returned(run)).toEqual([1, 'after 1', new Map([['two', 2n]])]);
    expect(run.events.map(({ type }) => type)).toEqual([
      'run-started',
      'received',
      'step',
      'received',
      'run-ended',
    ]);
  });

  it('go to those who wait in the order in which they asked', async () => {
    const fn = durable(async ($) => {
      const waits = [$.call('a', waitFor)('x'), $.call('b', waitFor)('x'), $.call('c', waitFor)('x')];
      return $.combinator('Promise.all', 'all')(waits);
    });
    const run = await crashWithMail(fn, [], async (handle) => {
      for (const value of ['one', 'two', 'three']) await handle.signal('x', value);
    });
    expect(returned(run)).toEqual(['one', 'two', 'three']);
  });

  it('are a stream, with work in between', async () => {
    const fn = durable(async ($) => {
      const seen: string[] = [];
      const stream = $.call('signals', signals)('n') as AsyncIterable<string>;
      for await (const value of $.iterate(stream) as AsyncIterable<string>) {
        if (value === 'stop') break;
        seen.push((await $.call('work', work)(value)) as string);
      }
      return seen;
    });
    const run = await crashWithMail(fn, [], async (handle) => {
      for (const value of ['a', 'b', 'c', 'stop', 'late']) await handle.signal('n', value);
    });
    expect(returned(run)).toEqual(['a', 'b', 'c']);
  });

  it('that do not come in time are a TimeoutError', async () => {
    const fn = durable(async ($) => {
      const raced = await ($.call('waitFor', waitFor)('x', { timeout: 5 }) as Promise<unknown>).catch(
        (error: unknown) => error instanceof TimeoutError && error.message,
      );
      return [raced, await $.call('waitFor#2', waitFor)('y', { timeout: '1 minute' })];
    });
    const run = await crashWithMail(fn, [], async (handle) => {
      await later(40, undefined);
      await handle.signal('y', 'in time');
    });
    expect(returned(run)).toEqual(['waitFor("x") was not answered in time.', 'in time']);
  });

  it('that were sent in time count, though the wait is looked at too late', async () => {
    const fn = durable(async ($) => {
      await $.sleep('sleep', sleep)(30);
      return $.call('waitFor', waitFor)('x', { timeout: 0 });
    });
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, []);
      await run.signal('x', 'there');
      await expect(run.result()).resolves.toBe('there');
    });
  });

  it('are refused where they can not be meant', async () => {
    const ended = durable(async () => 1);
    const asking = durable(async ($) => $.call('waitFor', waitFor)(''));
    const span = durable(async ($) => $.call('waitFor', waitFor)('x', { timeout: -1 }));
    await withRuntime(async (runtime) => {
      const run = await runtime.start(ended, []);
      await run.result();
      await expect(run.signal('x')).rejects.toThrow(/has ended/);
      await expect(run.signal('')).rejects.toThrow(MisuseError);
      await expect((await runtime.start(asking, [])).result()).rejects.toThrow(MisuseError);
      await expect((await runtime.start(span, [])).result()).rejects.toThrow(/waitFor\("x"\): timeout\(-1\)/);
      const waiting = await runtime.start(
        durable(async ($) => $.call('w', waitFor)('x')),
        [],
      );
      await expect(waiting.signal('x', () => 1)).rejects.toThrow(SerializationError);
      await waiting.signal('x', 'fine');
      await expect(waiting.result()).resolves.toBe('fine');
    });
    for (const call of [
      () => waitFor('x'),
      () => createCallback(),
      () => startChild(ended, []),
      async () => signals('x'),
    ]) {
      await expect(call()).rejects.toThrow(NotCompiledError);
    }
  });
});

describe('callbacks', () => {
  /** Tokens that steps handed to the outside. */
  const tokens = new Map<string, string>();

  it('are completed from outside, once', async () => {
    const fn = durable(async ($) => {
      const callback = (await $.call('createCallback', createCallback)()) as Callback;
      await $.call('keep', async (token: string) => void tokens.set('once', token))(callback.token);
      return $.method('callback.result', callback, 'result')();
    });
    const run = await crashWithMail(fn, [], async (handle, runtime) => {
      await until(handle, 'keep');
      const token = tokens.get('once')!;
      expect(token).toMatch(/^[\w-]{22}$/);
      await runtime.complete(token, { approved: true });
      await expect(runtime.complete(token, 'again')).rejects.toThrow(CallbackError);
      await expect(runtime.fail(token, new Error('again'))).rejects.toThrow(/once/);
      await expect(runtime.complete(`${token}x`, 1)).rejects.toThrow(/no callback/);
    });
    expect(returned(run)).toEqual({ approved: true });
  });

  it('are failed from outside', async () => {
    const fn = durable(async ($) => {
      const callback = (await $.call('createCallback', createCallback)({ timeout: '1 day' })) as Callback;
      await $.call('keep', async (token: string) => void tokens.set('failed', token))(callback.token);
      try {
        return await $.method('callback.result', callback, 'result')();
      } catch (error) {
        return [error instanceof RangeError, (error as Error).message, await $.call('work', work)('undo')];
      }
    });
    const run = await crashWithMail(fn, [], async (handle, runtime) => {
      await until(handle, 'keep');
      await runtime.fail(tokens.get('failed')!, new RangeError('no'));
    });
    expect(returned(run)).toEqual([true, 'no', 'undo']);
  });

  it('expire', async () => {
    const fn = durable(async ($) => {
      const callback = (await $.call('createCallback', createCallback)({ timeout: 5 })) as Callback;
      await $.call('keep', async (token: string) => void tokens.set('expired', token))(callback.token);
      const message = await ($.method('callback.result', callback, 'result')() as Promise<unknown>).catch(
        (error: unknown) => error instanceof TimeoutError && error.message,
      );
      await $.call('waitFor', waitFor)('checked');
      return message;
    });
    const run = await crashWithMail(fn, [], async (handle, runtime) => {
      await until(handle, 'createCallback:result');
      await expect(runtime.complete(tokens.get('expired')!, 1)).rejects.toThrow(/time .* is over/);
      await handle.signal('checked');
    });
    expect(returned(run)).toBe('The callback "createCallback:result" was not answered in time.');
  });

  it('have tokens that differ from run to run', async () => {
    await withRuntime(async (runtime) => {
      const seen = new Set<string>();
      const fn = durable(async ($) => {
        const one = (await $.call('createCallback', createCallback)()) as Callback;
        const two = (await $.call('createCallback', createCallback)()) as Callback;
        return [one.token, two.token];
      });
      for (let i = 0; i < 3; i++) {
        for (const token of (await (await runtime.start(fn, [])).result()) as string[]) seen.add(token);
      }
      expect(seen.size).toBe(6);
      const [token = ''] = seen;
      await expect(runtime.complete(token, 1)).rejects.toThrow(/has ended/);
    });
  });
});

describe('other runs', () => {
  const child = durable(
    async ($, name: string) => {
      if (name === 'bad') throw new RangeError('bad name');
      return [await $.call('work', work)(name), await $.call('work', work)(`${name}!`)];
    },
    { id: 'child' },
  );

  it('are started once and awaited', async () => {
    const fn = durable(async ($) => {
      const run = (await $.call('startChild', startChild)(child, ['x'])) as ChildRun;
      const between = await $.call('work', work)('between');
      const results = [await $.method('run.result', run, 'result')(), between, run.id];
      return [...results, await run.result()];
    });
    const run = await crashWithMail(fn, [], async () => {});
    expect(returned(run)).toEqual([
      ['x', 'x!'],
      'between',
      expect.stringMatching(/^mail-\d+\/startChild$/),
      ['x', 'x!'],
    ]);
    expect(run.events.map(({ type }) => type)).toContain('child-started');
  });

  it('throw what they throw', async () => {
    const fn = durable(async ($) => {
      const run = (await $.call('startChild', startChild)(child, ['bad'])) as ChildRun;
      try {
        return await $.method('run.result', run, 'result')();
      } catch (error) {
        return [error instanceof RangeError, (error as Error).message];
      }
    });
    expect(returned(await crashWithMail(fn, [], async () => {}))).toEqual([true, 'bad name']);
  });

  it('may be there already, of the same function', async () => {
    await withRuntime(async (runtime) => {
      await (await runtime.start(child, ['first'], { id: 'known' })).result();
      const joins = durable(async ($) => {
        const run = (await $.call('startChild', startChild)(child, ['second'], { id: 'known' })) as ChildRun;
        return $.method('run.result', run, 'result')();
      });
      const result = await (await runtime.start(joins, [])).result();
      expect(result).toEqual(['first', 'first!']);
      const other = durable(async () => 1);
      const clash = durable(async ($) => $.call('startChild', startChild)(other, [], { id: 'known' }));
      await expect((await runtime.start(clash, [])).result()).rejects.toThrow(RunConflictError);
    });
  });

  it('are refused where they can not be meant', async () => {
    await withRuntime(async (runtime) => {
      const start = async (...args: unknown[]): Promise<unknown> =>
        (
          await runtime.start(
            durable(async ($) => $.call('startChild', startChild)(...args)),
            [],
          )
        ).result();
      await expect(start(() => 1, [])).rejects.toThrow(NotCompiledError);
      await expect(start(7, [])).rejects.toThrow(MisuseError);
      await expect(start(child, 'x')).rejects.toThrow(/must be an array/);
      await expect(start(child, ['x'], { id: '' })).rejects.toThrow(/not empty/);
      await expect(start(child, [() => 1])).rejects.toThrow(SerializationError);
    });
  });
});

describe('cancellation', () => {
  it('is thrown at what the run awaits, and cleanup is carried out', async () => {
    const fn = durable(async ($) => {
      try {
        await $.call('work', work)('reserve');
        await $.sleep('sleep', sleep)('1 day');
        return 'not reached';
      } finally {
        await $.call('work#2', work)('release');
      }
    });
    const run = await crashWithMail(fn, [], async (handle) => {
      await until(handle, 'sleep');
      await handle.cancel('no longer wanted');
    });
    expect(run.outcome).toMatchObject({ reason: expect.any(CancelledError) });
    expect((run.outcome as PromiseRejectedResult).reason).toMatchObject({ reason: 'no longer wanted' });
    expect(run.events.at(-1)).toMatchObject({ type: 'run-ended', ok: false, cancelled: true });
    expect(run.effects.map(({ name }) => name)).toEqual(['reserve', 'release']);
  });

  it('reaches everything that is awaited at that moment, in the order of the calls', async () => {
    const fn = durable(async ($) => {
      const seen: string[] = [];
      const wait = async (name: string): Promise<void> => {
        const $1 = $.open('wait');
        await ($1.call('waitFor', waitFor)(name) as Promise<unknown>).catch((error: unknown) => {
          seen.push(`${name} ${String(error instanceof CancelledError)}`);
        });
      };
      await $.combinator('Promise.all', 'all')([wait('a'), wait('b'), wait('c')]);
      return [seen, await $.call('work', work)('after')];
    });
    const run = await crashWithMail(fn, [], async (handle) => {
      await handle.signal('b', 1);
      await until(handle, 'wait[1]/waitFor');
      await handle.cancel();
    });
    expect(returned(run)).toEqual([['a true', 'c true'], 'after']);
    expect(run.events.at(-1)).toMatchObject({ type: 'run-ended', ok: true });
  });

  it('reaches the next thing that is asked for where nothing is awaited', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const fn = durable(async ($) => {
      await $.foreign(gate);
      const first = await ($.call('work', work)('never') as Promise<unknown>).catch(
        (error: unknown) => error instanceof CancelledError,
      );
      return [first, await $.call('work#2', work)('runs')];
    });
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, []);
      await run.cancel();
      await untilType(run, 'cancel-requested');
      release();
      await expect(run.result()).resolves.toEqual([true, 'runs']);
    });
  });

  it('aborts the signal of the step that is under way', async () => {
    const fn = durable(async ($) => $.call('hang', hang)());
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, []);
      while (hanging === undefined) await later(1, undefined);
      await run.cancel('enough');
      await expect(run.result()).rejects.toThrow(CancelledError);
      await expect(run.status()).resolves.toBe('cancelled');
      expect(hanging.aborted).toBe(true);
      expect(hanging.reason).toMatchObject({ code: 'CANCELLED', reason: 'enough' });
      await run.cancel('a second time changes nothing');
    });
  });

  it('of a run whose time is over is a TimeoutError', async () => {
    const fn = durable(async ($) => $.sleep('sleep', sleep)('1 day'));
    await withRuntime(async (runtime) => {
      const run = await runtime.start(fn, [], { timeout: 20 });
      await expect(run.result()).rejects.toThrow(TimeoutError);
      await expect(run.status()).resolves.toBe('failed');
      await expect(runtime.start(fn, [], { timeout: -1 })).rejects.toThrow(MisuseError);
    });
  });
});

let hanging: AbortSignal | undefined;

async function hang(): Promise<never> {
  hanging = currentStep().signal;
  return new Promise(() => {});
}

async function untilType(run: Handle, type: string): Promise<void> {
  while (!(await run.events()).some((event) => event.type === type)) await later(1, undefined);
}
