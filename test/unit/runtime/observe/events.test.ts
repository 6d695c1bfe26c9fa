import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  CancelledError,
  createCallback,
  createRuntime,
  LeaseLostError,
  MisuseError,
  memoryStore,
  NonDeterminismError,
  type Runtime,
  RuntimeClosedError,
  type RuntimeEvent,
  type RuntimeEventType,
  type RuntimeOptions,
  type Store,
  StoreError,
  sleep,
  startChild,
  TimeoutError,
  UnknownFunctionError,
  waitFor,
  withPolicy,
} from '../../../../runtime/index.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { currentContext } from '../../../../runtime/run/context.ts';
import { createTestRuntime } from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';
import { eventsOf, storeWith } from '../../../support/crash.ts';
import { later } from '../../../support/effects.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const runtimes: Runtime[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
});

/** A runtime, and all that it tells. */
function watched(options: Partial<RuntimeOptions> = {}) {
  const runtime = createRuntime({ store: memoryStore(), ...options });
  runtimes.push(runtime);
  const told: RuntimeEvent[] = [];
  runtime.on('*', (event) => told.push(event));
  return { runtime, told };
}

const typesOf = (events: readonly RuntimeEvent[]): string[] =>
  events.map((event) => ('key' in event ? `${event.type} ${event.key}` : event.type));

const ofType = <T extends RuntimeEventType>(events: readonly RuntimeEvent[], type: T): Told<T>[] =>
  events.filter((event): event is Told<T> => event.type === type);

type Told<T> = Extract<RuntimeEvent, { readonly type: T }>;

async function until<T>(find: () => T | undefined): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    await later(1, undefined);
  }
}

/** A store that answers some calls in another way. */
const storeThat = (changes: Partial<Store>, store: Store = memoryStore()): Store =>
  new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(changes, property) ?? Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

const greet = async (name: string): Promise<string> => `hello ${name}`;

async function refuse(): Promise<never> {
  throw new RangeError('too far');
}

describe('what is told of a run that goes on', () => {
  it('is its start, its steps and its end, in order and with their times', async () => {
    const clock = new ManualClock(5000);
    const fn = durable(async ($, name: string) => {
      await $.call('greet', greet)(name);
      return $.call('slow', async () => clock.move(20))();
    });
    const { runtime, told } = watched({ clock });
    await (await runtime.start(fn, ['Ada'], { id: 'r' })).result();
    const run = { runId: 'r', fn: expect.stringMatching(/^test-\d+$/) };
    expect(told).toEqual([
      { type: 'run-started', ...run, at: 5000 },
      { type: 'step-started', ...run, at: 5000, key: 'greet', attempt: 1 },
      {
        type: 'step-ended',
        ...run,
        at: 5000,
        key: 'greet',
        attempt: 1,
        ok: true,
        startedAt: 5000,
        duration: 0,
      },
      { type: 'step-started', ...run, at: 5000, key: 'slow', attempt: 1 },
      {
        type: 'step-ended',
        ...run,
        at: 5020,
        key: 'slow',
        attempt: 1,
        ok: true,
        startedAt: 5000,
        duration: 20,
      },
      { type: 'run-ended', ...run, at: 5020, status: 'completed', startedAt: 5000, duration: 20 },
    ]);
  });

  it('has no negative times, when the clock is set back', async () => {
    const clock = new ManualClock(5000);
    const fn = durable(async ($) => {
      clock.move(100);
      await $.call('back', async () => clock.move(-1000))();
    });
    const { runtime, told } = watched({ clock });
    await (await runtime.start(fn, [])).result();
    expect(ofType(told, 'step-ended')).toMatchObject([{ startedAt: 5100, at: 5000, duration: 0 }]);
  });

  it('is each attempt of a step, with its error', async () => {
    let calls = 0;
    const flaky = withPolicy(
      async () => {
        if (++calls < 3) throw new RangeError(`call ${calls}`);
        return calls;
      },
      { retry: { attempts: 3, delay: '10s', factor: 2, jitter: 0 } },
    );
    const fn = durable(async ($) => $.call('flaky', flaky)());
    const clock = new ManualClock(0);
    const { runtime, told } = watched({ clock });
    runtime.on('attempt-failed', ({ retryAt }) => clock.move(retryAt - clock.now()));
    await (await runtime.start(fn, [])).result();
    expect(typesOf(told)).toEqual([
      'run-started',
      'step-started flaky',
      'attempt-failed flaky',
      'step-started flaky',
      'attempt-failed flaky',
      'step-started flaky',
      'step-ended flaky',
      'run-ended',
    ]);
    expect(ofType(told, 'step-started').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const failed = ofType(told, 'attempt-failed');
    expect(failed.map(({ attempt, error }) => [attempt, (error as Error).message])).toEqual([
      [1, 'call 1'],
      [2, 'call 2'],
    ]);
    expect(failed[0]?.error).toBeInstanceOf(RangeError);
    const delay = 10_000;
    expect(failed.map(({ startedAt, duration, retryAt }) => [startedAt, duration, retryAt])).toEqual([
      [0, 0, delay],
      [delay, 0, 3 * delay],
    ]);
    expect(ofType(told, 'step-ended')).toMatchObject([{ attempt: 3, ok: true }]);
  });

  it('is a step that fails, and with it the run', async () => {
    const fn = durable(async ($) => $.call('refuse', refuse)());
    const { runtime, told } = watched();
    await expect((await runtime.start(fn, [])).result()).rejects.toThrow('too far');
    expect(ofType(told, 'step-ended')).toMatchObject([{ ok: false, error: new RangeError('too far') }]);
    expect(ofType(told, 'run-ended')).toMatchObject([{ status: 'failed', error: new RangeError('too far') }]);
  });

  it('is a call that is not awaited where it stands, if it is a step', async () => {
    const fn = durable(async ($) => {
      const promise = $.start('greet', greet)('Ada');
      const plain = $.start('plain', () => 1)();
      return [await $.local('promise', promise), plain];
    });
    const { runtime, told } = watched();
    await (await runtime.start(fn, [])).result();
    expect(typesOf(told)).toEqual(['run-started', 'step-started greet', 'step-ended greet', 'run-ended']);
  });

  it('is what it waits for, and what comes of that', async () => {
    const fn = durable(async ($) => {
      await $.sleep('sleep', sleep)(1);
      await $.call('waitFor', waitFor)('go', { timeout: '1 day' });
      try {
        await $.call('waitFor#2', waitFor)('never', { timeout: 1 });
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
      }
    });
    const { runtime, told } = watched();
    const begun = Date.now();
    const run = await runtime.start(fn, []);
    await run.signal('go', 'secret payload');
    await run.result();
    expect(typesOf(told)).toEqual([
      'run-started',
      'wait-set sleep',
      'wait-fired sleep',
      'wait-set waitFor',
      'received waitFor',
      'wait-set waitFor#2',
      'wait-expired waitFor#2',
      'run-ended',
    ]);
    const [slept, waited] = ofType(told, 'wait-set');
    // From the call, which is recorded a moment later.
    for (const [wait, ms] of [
      [slept!, 1],
      [waited!, 86_400_000],
    ] as const) {
      expect(wait.until - ms).toBeGreaterThanOrEqual(begun);
      expect(wait.until - ms).toBeLessThanOrEqual(wait.at);
    }
    expect(ofType(told, 'received')).toMatchObject([{ from: 'signal', name: 'go', ok: true }]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('is a callback, without its token', async () => {
    let token = '';
    const fn = durable(async ($) => {
      const callback = await $.call('createCallback', createCallback)({ timeout: '1 hour' });
      token = callback.token;
      return $.method('callback.result', callback, 'result')();
    });
    const { runtime, told } = watched();
    const begun = Date.now();
    const run = await runtime.start(fn, []);
    await runtime.fail(await until(() => token || undefined), new RangeError('no'));
    await expect(run.result()).rejects.toThrow('no');
    const created = ofType(told, 'callback-created')[0]!;
    // An hour from the call, which is recorded a moment later.
    expect(created.until! - 3_600_000).toBeGreaterThanOrEqual(begun);
    expect(created.until! - 3_600_000).toBeLessThanOrEqual(created.at);
    const [received] = ofType(told, 'received');
    expect(received).toMatchObject({ from: 'callback', ok: false });
    expect(received).not.toHaveProperty('name');
    expect(JSON.stringify(told)).not.toContain(token);
  });

  it('is another run that it starts', async () => {
    const child = durable(async () => 'done');
    const fn = durable(async ($) => {
      const run = await $.call('startChild', startChild)(child, [], { id: 'child' });
      return $.method('run.result', run, 'result')();
    });
    const { runtime, told } = watched();
    await (await runtime.start(fn, [], { id: 'parent' })).result();
    const of = (id: string): string[] => typesOf(told.filter(({ runId }) => runId === id));
    expect(of('child')).toEqual(['run-started', 'run-ended']);
    expect(of('parent')).toEqual([
      'run-started',
      'child-started startChild',
      'received startChild:result',
      'run-ended',
    ]);
    expect(ofType(told, 'received')).toMatchObject([{ from: 'child', name: 'child', ok: true }]);
  });

  it('is its cancellation', async () => {
    const fn = durable(async ($) => $.sleep('sleep', sleep)('1 day'));
    const { runtime, told } = watched();
    const run = await runtime.start(fn, []);
    await run.cancel('enough');
    await expect(run.result()).rejects.toThrow(CancelledError);
    expect(typesOf(told)).toEqual([
      'run-started',
      'action',
      'wait-set sleep',
      'cancel-requested',
      'run-ended',
    ]);
    expect(ofType(told, 'action')).toMatchObject([
      { action: 'cancel', ok: true, details: { reason: 'enough' } },
    ]);
    expect(ofType(told, 'cancel-requested')).toMatchObject([{ error: new CancelledError('enough') }]);
    expect(ofType(told, 'run-ended')).toMatchObject([{ status: 'cancelled' }]);
  });

  it('is that it is another run, where it is started again', async () => {
    const fn = durable(async () => 1);
    const { runtime, told } = watched();
    await (await runtime.start(fn, [], { id: 'r' })).result();
    await (await runtime.start(fn, [], { id: 'r' })).result();
    const again = await runtime.rerun('r');
    await again.result();
    expect(ofType(told, 'run-started').map(({ runId }) => runId)).toEqual(['r', again.id]);
  });
});

describe('what is told of a run that goes on elsewhere, or not', () => {
  it('is that it was parked, and taken up', async () => {
    const fn = durable(async ($) => {
      await $.call('greet', greet)('Ada');
      return $.call('waitFor', waitFor)('go');
    });
    const { runtime, told } = watched({ parkAfterMs: 10 });
    const run = await runtime.start(fn, []);
    await until(() => ofType(told, 'run-parked')[0]);
    await run.signal('go', 1);
    await run.result();
    expect(typesOf(told)).toEqual([
      'run-started',
      'step-started greet',
      'step-ended greet',
      'run-parked',
      'run-taken-up',
      'received waitFor',
      'run-ended',
    ]);
    expect(ofType(told, 'run-taken-up')).toMatchObject([{ events: 2 }]);
  });

  it('is that it waits for room', async () => {
    const fn = durable(async ($) => $.call('greet', greet)('Ada'));
    const { runtime, told } = watched({ maxRuns: 1 });
    const runs = await Promise.all([runtime.start(fn, [], { id: 'a' }), runtime.start(fn, [], { id: 'b' })]);
    await Promise.all(runs.map((run) => run.result()));
    const later = typesOf(told.filter(({ runId }) => runId === 'b'));
    expect(later.slice(0, 2)).toEqual(['run-started', 'run-taken-up']);
    expect(later.at(-1)).toBe('run-ended');
  });

  it('is that it is blocked, because its function is unknown', async () => {
    const started = { type: 'run-started', version: 2, fn: 'gone', input: '[]', seed: 's', at: 1 } as const;
    const onBlocked = vi.fn();
    const { runtime, told } = watched({ store: storeWith('r', [started]), onBlocked });
    const [run] = await runtime.recover();
    await expect(run!.result()).rejects.toThrow(UnknownFunctionError);
    expect(told).toEqual([
      {
        type: 'run-blocked',
        runId: 'r',
        fn: 'gone',
        at: expect.any(Number),
        error: expect.any(UnknownFunctionError),
      },
    ]);
    expect(onBlocked).toHaveBeenCalledTimes(1);
  });

  it('is that it is blocked, because its journal does not fit', async () => {
    const fn = durable(async ($) => $.call('other', greet)('Ada'), { id: 'changed' });
    const first = watched();
    await (await first.runtime.start(fn, [], { id: 'r' })).result();
    const journal = eventsOfRun(first.runtime, 'r');
    durable(async ($) => $.call('greet', greet)('Ada'), { id: 'changed' });
    const { runtime, told } = watched({
      store: storeWith('r', (await journal).slice(0, -1)),
      onBlocked: () => {},
    });
    const [run] = await runtime.recover();
    await expect(run!.result()).rejects.toThrow(NonDeterminismError);
    expect(typesOf(told)).toEqual(['run-taken-up', 'run-blocked']);
    expect(ofType(told, 'run-blocked')).toMatchObject([{ error: expect.any(NonDeterminismError) }]);
  });

  it('is that it is blocked, because its journal cannot be read', async () => {
    const load = (): never => {
      throw new StoreError('torn', { partial: true });
    };
    const started = { type: 'run-started', version: 2, fn: 'f', input: '[]', seed: 's', at: 1 } as const;
    const { runtime, told } = watched({
      store: storeThat({ load }, storeWith('r', [started])),
      onBlocked: () => {},
    });
    const [run] = await runtime.recover();
    await expect(run!.result()).rejects.toThrow('torn');
    expect(told).toMatchObject([
      { type: 'run-blocked', fn: '', error: new StoreError('torn', { partial: true }) },
    ]);
  });

  it('is that the runtime was closed', async () => {
    const fn = durable(async ($) => $.sleep('sleep', sleep)('1 day'));
    const { runtime, told } = watched();
    await runtime.start(fn, []);
    await until(() => ofType(told, 'wait-set')[0]);
    await runtime.close();
    expect(typesOf(told)).toEqual(['run-started', 'wait-set sleep', 'run-stopped']);
    expect(ofType(told, 'run-stopped')).toMatchObject([
      { reason: 'closed', error: expect.any(RuntimeClosedError) },
    ]);
  });

  it('is that another worker has it', async () => {
    const fn = durable(async ($) => $.sleep('sleep', sleep)('1 day'));
    const { runtime, told } = watched({ store: storeThat({ renew: () => false }), leaseMs: 30 });
    const run = await runtime.start(fn, []);
    await expect(run.result()).rejects.toThrow(LeaseLostError);
    expect(ofType(told, 'run-stopped')).toMatchObject([
      { reason: 'lease-lost', error: expect.any(LeaseLostError) },
    ]);
  });

  it('is that another worker has it, where it was to be blocked', async () => {
    const started = { type: 'run-started', version: 2, fn: 'gone', input: '[]', seed: 's', at: 1 } as const;
    const store = storeThat({ block: () => false }, storeWith('r', [started]));
    const { runtime, told } = watched({ store });
    const [run] = await runtime.recover();
    await expect(run!.result()).rejects.toThrow(LeaseLostError);
    expect(told).toMatchObject([{ type: 'run-stopped', reason: 'lease-lost', fn: 'gone' }]);
  });

  it('is that its journal cannot be written, and nothing of what was to be written', async () => {
    const append = (): never => {
      throw new StoreError('disk full');
    };
    const fn = durable(async ($) => $.call('greet', greet)('Ada'));
    const { runtime, told } = watched({ store: storeThat({ append }) });
    await expect((await runtime.start(fn, [])).result()).rejects.toThrow('disk full');
    expect(typesOf(told)).toEqual(['run-started', 'step-started greet', 'run-stopped']);
    expect(ofType(told, 'run-stopped')).toMatchObject([
      { reason: 'store-failed', error: expect.any(StoreError) },
    ]);
  });
});

async function eventsOfRun(runtime: Runtime, id: string): Promise<readonly JournalEvent[]> {
  const { events } = JSON.parse(await (await runtime.get(id))!.exportJournal()) as { events: JournalEvent[] };
  return events;
}

it('a runtime for tests tells the same', async () => {
  const runtime = createTestRuntime();
  runtimes.push(runtime);
  const told: RuntimeEvent[] = [];
  runtime.on('wait-fired', (event) => told.push(event));
  const fn = durable(async ($) => $.sleep('sleep', sleep)('30 days'));
  await (await runtime.start(fn, [])).result();
  expect(told).toMatchObject([{ type: 'wait-fired', key: 'sleep', at: runtime.now() }]);
});

describe('a replay', () => {
  it('tells nothing that is recorded again, wherever the process died', async () => {
    let failures = 0;
    const flaky = withPolicy(
      async () => {
        if (failures++ % 2 === 0) throw new RangeError('again');
      },
      { retry: { attempts: 2, delay: 1 } },
    );
    const fn = durable(async ($) => {
      const begun = $.start('greet', greet)('Ada');
      await $.call('flaky', flaky)();
      await $.sleep('sleep', sleep)(1);
      await $.call('waitFor', waitFor)('go');
      return $.local('begun', begun);
    });
    const RECORDED = new Set([
      'step-ended',
      'attempt-failed',
      'wait-set',
      'wait-fired',
      'received',
      'run-ended',
    ]);
    const recordedOf = (told: readonly RuntimeEvent[]): string[] =>
      typesOf(told.filter(({ type }) => RECORDED.has(type)));

    const first = watched();
    const run = await first.runtime.start(fn, [], { id: 'r' });
    await run.signal('go', 1);
    await run.result();
    const journal = await eventsOfRun(first.runtime, 'r');
    const whole = recordedOf(first.told);
    expect(whole).toHaveLength(journal.length - 1);

    for (let count = 1; count < journal.length; count++) {
      const prefix = journal.slice(0, count);
      failures = prefix.some(({ type }) => type === 'attempt-failed') ? 1 : 0;
      const { runtime, told } = watched({ store: storeWith('r', prefix) });
      const [again] = await runtime.recover();
      if (!prefix.some(({ type }) => type === 'received')) await again!.signal('go', 1);
      await again!.result();
      expect(ofType(told, 'run-started')).toEqual([]);
      expect(ofType(told, 'run-taken-up')).toMatchObject([{ events: count }]);
      const before = journal
        .slice(1, count)
        .map((event) =>
          'key' in event ? `${event.type === 'step' ? 'step-ended' : event.type} ${event.key}` : event.type,
        );
      expect([...before, ...recordedOf(told)].sort(), `after event ${count - 1}`).toEqual([...whole].sort());
      const keys = new Set(ofType(told, 'step-started').map(({ key }) => key));
      for (const event of prefix) if (event.type === 'step') expect(keys).not.toContain(event.key);
    }
  });
});

describe('a listener', () => {
  const fn = durable(async ($) => $.call('greet', greet)('Ada'));
  const once = async (runtime: Runtime): Promise<unknown> => (await runtime.start(fn, [])).result();

  it('is told of its type only, with a type of its own', async () => {
    const { runtime } = watched();
    const ended: [string, number][] = [];
    // The details of the type are known without a look at it.
    runtime.on('step-ended', ({ key, duration }) => ended.push([key, duration]));
    await once(runtime);
    expect(ended).toEqual([['greet', expect.any(Number)]]);
  });

  it('is told no more once it is removed, and twice if it was added twice', async () => {
    const { runtime } = watched();
    const listener = vi.fn();
    const off = runtime.on('run-ended', listener);
    const offAgain = runtime.on('run-ended', listener);
    await once(runtime);
    expect(listener).toHaveBeenCalledTimes(2);
    off();
    off();
    await once(runtime);
    expect(listener).toHaveBeenCalledTimes(3);
    offAgain();
    await once(runtime);
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it('is told of what happens from now on', async () => {
    const { runtime } = watched();
    await once(runtime);
    const listener = vi.fn();
    runtime.on('*', listener);
    expect(listener).not.toHaveBeenCalled();
    await once(runtime);
    expect(listener.mock.calls.map(([event]) => event.type)).toEqual([
      'run-started',
      'step-started',
      'step-ended',
      'run-ended',
    ]);
  });

  it('may remove itself and add another one while it is told', async () => {
    const { runtime } = watched();
    const seen: string[] = [];
    const off = runtime.on('step-started', () => {
      seen.push('first');
      off();
      runtime.on('step-started', () => seen.push('second'));
    });
    await once(runtime);
    expect(seen).toEqual(['first']);
    await once(runtime);
    expect(seen).toEqual(['first', 'second']);
  });

  it('that throws or rejects changes nothing, for runs and for others, and is reported once', async () => {
    const { runtime, told } = watched();
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const unspeakable = Object.create(null) as object;
    runtime.on('step-ended', () => {
      throw new Error('the listener is broken');
    });
    runtime.on('*', async () => {
      throw unspeakable;
    });
    await expect(once(runtime)).resolves.toBe('hello Ada');
    await expect(once(runtime)).resolves.toBe('hello Ada');
    await later(1, undefined);
    expect(told.filter(({ type }) => type === 'run-ended')).toHaveLength(2);
    const shown = {
      code: 'USE_DURABLE_LISTENER',
      detail: 'See use-durable/docs/errors.md#use_durable_listener',
    };
    expect(warnings.mock.calls.map(([message, options]) => [String(message).slice(0, 44), options])).toEqual([
      ['A listener of the runtime threw at "run-star', shown],
      ['A listener of the runtime threw at "step-end', shown],
    ]);
    expect(warnings.mock.calls[1]?.[0]).toContain('Error: the listener is broken');
  });

  it('belongs to no run, but to where it was added', async () => {
    const { runtime } = watched();
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    storage.run('where it was added', () => {
      runtime.on('*', () => seen.push([storage.getStore(), currentContext()]));
    });
    await storage.run('where the run was started', () => once(runtime));
    expect(seen).toHaveLength(4);
    expect(new Set(seen.map(String))).toEqual(new Set(['where it was added,']));
  });

  it('that is added in a step belongs to no run either', async () => {
    const { runtime } = watched();
    const seen: unknown[] = [];
    const listening = durable(async ($) =>
      $.call('listen', async () => void runtime.on('run-ended', () => seen.push(currentContext())))(),
    );
    await (await runtime.start(listening, [])).result();
    expect(seen).toEqual([undefined]);
  });

  it('may start a run', async () => {
    const { runtime, told } = watched();
    const other = durable(async () => 'other');
    const off = runtime.on('run-ended', async () => {
      off();
      await runtime.start(other, [], { id: 'other' });
    });
    await once(runtime);
    await until(() => ofType(told, 'run-ended').find(({ runId }) => runId === 'other'));
  });

  it.each([
    ['run-begun', () => {}, /no events of the type "run-begun"/],
    ['toString', () => {}, /no events of the type "toString"/],
    ['run-ended', undefined, /listener must be a function/],
  ])('is refused: %s', (type, listener, message) => {
    const { runtime } = watched();
    const on = (): unknown => runtime.on(type as 'run-ended', listener as () => void);
    expect(on).toThrow(MisuseError);
    expect(on).toThrow(message);
  });
});

it('nobody is told anything where nobody listens', async () => {
  const store = memoryStore();
  const runtime = createRuntime({ store });
  runtimes.push(runtime);
  const fn = durable(async ($) => $.call('refuse', refuse)());
  await expect((await runtime.start(fn, [], { id: 'r' })).result()).rejects.toThrow('too far');
  const later = vi.fn();
  runtime.on('*', later);
  await Promise.resolve();
  expect(later).not.toHaveBeenCalled();
  expect(eventsOf(store, 'r')).toHaveLength(3);
});
