import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { state, VERSION } from '../../../runtime/base/process-state.ts';
import * as first from '../../../runtime/index.ts';
import { durable } from '../../support/compiled.ts';

const packageJson = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

it('knows the version of the package', () => {
  expect(VERSION).toBe(packageJson.version);
});

it('has the path of each copy once', () => {
  expect(state.copies).toEqual([
    { version: VERSION, path: expect.stringMatching(/^\/.*\/process-state\.ts$/) as string },
  ]);
});

describe('modules that are loaded again, as test runners do', () => {
  it('go on with what the first load has', async () => {
    vi.resetModules();
    const second = await import('../../../runtime/index.ts');
    expect(second.FatalError).not.toBe(first.FatalError);
    expect(new second.FatalError('x')).toBeInstanceOf(first.FatalError);
    expect(new first.FatalError('x')).toBeInstanceOf(second.DurableError);
    expect(new first.FatalError('x')).not.toBeInstanceOf(second.MisuseError);

    const fails = async (): Promise<never> => {
      throw new first.FatalError('no');
    };
    const inner = durable(async ($) => await $.call('fails', fails)());
    const outer = durable(async ($) => {
      try {
        return await $.call('inner', inner)();
      } catch (error) {
        return [error instanceof first.FatalError, error instanceof second.FatalError];
      }
    });
    const runtime = second.createRuntime({ store: first.memoryStore() });
    const run = await runtime.start(outer, []);
    expect(await run.result()).toEqual([true, true]);
    expect(JSON.stringify(await run.events())).toContain('"inner/fails"');
    first.setDefaultRuntime(runtime);
    expect(await outer()).toEqual([true, true]);
    second.setDefaultRuntime(undefined);
    await runtime.close();
  });
});

describe('errors of this package in another copy', () => {
  it('are told from those of classes that extend them', async () => {
    vi.resetModules();
    const second = await import('../../../runtime/index.ts');
    class Declined extends first.FatalError {}
    expect(new Declined('x')).toBeInstanceOf(Declined);
    expect(new Declined('x')).toBeInstanceOf(second.FatalError);
    expect(new first.FatalError('x')).not.toBeInstanceOf(Declined);
    expect(new second.FatalError('x')).not.toBeInstanceOf(Declined);
    for (const other of [
      undefined,
      null,
      1,
      'FatalError',
      new Error('x'),
      { name: 'FatalError' },
      Object.create(null),
    ])
      expect((other as unknown) instanceof first.FatalError).toBe(false);
  });
});

describe('a copy of 0.1.0', () => {
  const KEY = Symbol.for('use-durable.rejections');
  afterEach(() => Reflect.deleteProperty(globalThis, KEY));

  it('whose runtime is at work is refused when this is loaded, and when a durable function is called', async () => {
    const fn = durable(async () => 1);
    Reflect.set(globalThis, KEY, new Set());
    await expect(fn()).rejects.toThrow(first.IncompatibleCopiesError);
    vi.resetModules();
    await expect(import('../../../runtime/index.ts')).rejects.toThrow(
      /use-durable 0\.1\.0 .* and use-durable/,
    );
  });

  it('that a function was compiled for is refused when it is started or called', async () => {
    const old = Object.assign(async () => 1, {
      [Symbol.for('use-durable.function')]: { meta: { id: 'old', file: 'src/old.ts', steps: [] } },
    });
    const runtime = first.createRuntime({ store: first.memoryStore() });
    await expect(async () => await runtime.start(old, [])).rejects.toThrow(/src\/old\.ts/);
    const outer = durable(async ($) => await $.call('old', old)());
    await expect((await runtime.start(outer, [])).result()).rejects.toThrow(first.IncompatibleCopiesError);
    await runtime.close();
  });

  it('is not seen in a mock that has something under every key', () => {
    const mock = new Proxy(async () => 1, { get: (target, key) => Reflect.get(target, key) ?? (() => 1) });
    expect(first.stepsOf(mock)).toEqual([]);
  });
});
