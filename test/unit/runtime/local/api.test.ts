import { describe, expect, it, vi } from 'vitest';
import {
  createRuntime,
  MisuseError,
  memoryStore,
  NotCompiledError,
  UnknownFunctionError,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { storeWith } from '../../../support/crash.ts';

const STARTED = { type: 'run-started', version: 1, input: '1j[]', seed: 'ab', at: 1 } as const;

describe('arguments of the API', () => {
  const fn = durable(async () => 'done');
  // What JavaScript, or a cast, may hand over.
  const any = <T>(value: unknown): T => value as T;

  it.each([
    ['start without a function', () => runtime().start(any(undefined), []), MisuseError],
    ['start with a name', () => runtime().start(any('main'), []), MisuseError],
    ['start of a plain function', () => runtime().start(async () => 1, []), NotCompiledError],
    ['start without arguments', () => runtime().start(fn, any(undefined)), MisuseError],
    ['start with one argument that is no array', () => runtime().start(fn, any(5)), MisuseError],
    ['an id that is a number', () => runtime().start(fn, [], { id: any(5) }), MisuseError],
    ['an empty id', () => runtime().start(fn, [], { id: '' }), MisuseError],
    ['a limit that is no whole number', () => runtime().list({ limit: 1.5 }), MisuseError],
    ['a limit of none', () => runtime().list({ limit: Number.NaN }), MisuseError],
  ])('%s is refused', async (_name, call, error) => {
    await expect(call()).rejects.toBeInstanceOf(error);
  });

  it.each([
    ['nothing', undefined],
    ['something that is no store', {}],
  ])('createRuntime with %s for a store is refused', (_name, store) => {
    expect(() => createRuntime({ store: any(store) })).toThrow(MisuseError);
  });

  const runtime = (): ReturnType<typeof createRuntime> => createRuntime({ store: memoryStore() });
});

describe('a handle of a run that another process drove', () => {
  it('takes the run over when its owner is dead', async () => {
    durable(async () => 'taken', { id: 'taken-over' });
    const runtime = createRuntime({ store: storeWith('r', [{ ...STARTED, fn: 'taken-over' }]) });
    const handle = await runtime.get('r');
    await expect(handle?.result()).resolves.toBe('taken');
    await runtime.close();
  });

  it('leaves a run alone whose function this process has not loaded', async () => {
    vi.useFakeTimers();
    try {
      const store = storeWith('r', [{ ...STARTED, fn: 'nowhere' }]);
      const runtime = createRuntime({ store, onBlocked: () => {} });
      const handle = await runtime.get('r');
      const seen = vi.fn();
      handle?.result().then(seen, seen);
      await vi.advanceTimersByTimeAsync(2000);
      expect(seen).not.toHaveBeenCalled();
      expect(await handle?.status()).toBe('running');
      await runtime.recover();
      await vi.advanceTimersByTimeAsync(500);
      expect(seen.mock.calls[0]?.[0]).toBeInstanceOf(UnknownFunctionError);
    } finally {
      vi.useRealTimers();
    }
  });

  it('still gives the result of an ended run when the runtime is closed', async () => {
    const runtime = createRuntime({ store: memoryStore() });
    const run = await runtime.start(
      durable(async () => 'done'),
      [],
      { id: 'ended' },
    );
    await run.result();
    await runtime.close();
    const handle = await runtime.get('ended');
    await expect(handle?.result()).resolves.toBe('done');
  });
});
