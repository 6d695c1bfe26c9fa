import { describe, expect, it } from 'vitest';
import { state } from '../../../../runtime/base/process-state.ts';
import type * as $durable from '../../../../runtime/compiled.ts';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { define } from '../../../../runtime/functions/definitions.ts';
import { createRuntime, memoryStore, type Runtime, type Store } from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { eventsOf } from '../../../support/crash.ts';
import { effect, takeEffects } from '../../../support/effects.ts';

let count = 0;

async function note(text: string): Promise<string> {
  effect(text);
  return text;
}

/** What is open ends when the process does. */
const stuck = (): Promise<string> => new Promise(() => {});

type Body = Parameters<typeof durable>[0];

const site = (id: string, print = id): $durable.Site =>
  ({ id, kind: 'step', line: 1, column: 1, print, path: '' }) as $durable.Site;

interface Place {
  readonly name: string;
  readonly file: string;
  readonly module: string;
  readonly version?: string;
}

const load = ({ name, file, module, version = 'v1' }: Place, body: Body): AnyFunction =>
  durable(body, {
    id: `shop/${file}#${name}`,
    steps: [site('note'), site('note#2')],
    meta: { name, package: 'shop', file, module, version },
  });

/** As a process that hasn't loaded the file. */
function unload({ name, file }: Place): void {
  state.functions.delete(`shop/${file}#${name}`);
  state.formerIds.delete(name);
}

const first: Body = async ($) => [await $.call('note', note)('one'), await $.call('note#2', stuck)()];
const both: Body = async ($) => [await $.call('note', note)('one'), await $.call('note#2', note)('two')];

/** A store with a run of which the first step is done. */
async function left(place: Place): Promise<Store> {
  const store = memoryStore();
  const runtime = createRuntime({ store });
  await runtime.start(load(place, first), [], { id: 'r' });
  while (eventsOf(store, 'r').length < 2) await new Promise((resolve) => setImmediate(resolve));
  await runtime.close({ timeoutMs: 0 });
  unload(place);
  expect(takeEffects()).toEqual(['one']);
  return store;
}

async function withRuntime<T>(store: Store, use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = createRuntime({ store, onBlocked: () => {} });
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}

const newPlace = (): Place => ({ name: `moved${++count}`, file: 'src/a.ts', module: `m${count}` });

describe('a file that was renamed', () => {
  it('has its runs go on, without a word in the code', async () => {
    const place = newPlace();
    const store = await left(place);
    load({ ...place, file: 'src/b.ts' }, both);
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      expect(await run!.result()).toEqual(['one', 'two']);
      expect(await runtime.list({ fn: `shop/src/b.ts#${place.name}` })).toMatchObject([{ id: 'r' }]);
      expect(await runtime.list({ fn: `shop/src/a.ts#${place.name}` })).toMatchObject([{ id: 'r' }]);
    });
    expect(takeEffects()).toEqual(['two']);
  });

  it('has its runs found by start', async () => {
    const place = newPlace();
    const store = await left(place);
    const fn = load({ ...place, file: 'src/b.ts' }, both);
    await withRuntime(store, async (runtime) => {
      expect(await (await runtime.start(fn, [], { id: 'r' })).result()).toEqual(['one', 'two']);
    });
    takeEffects();
  });

  it('may be changed later, once it is known by its new name', async () => {
    const place = newPlace();
    const store = await left(place);
    const moved = { ...place, file: 'src/b.ts' };
    load(moved, first);
    await withRuntime(store, async (runtime) => {
      await runtime.recover();
      await runtime.close({ timeoutMs: 0 });
    });
    load({ ...moved, module: `${place.module}x`, version: 'v2' }, both);
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      expect(await run!.result()).toEqual(['one', 'two']);
    });
    expect(takeEffects()).toEqual(['two']);
  });

  it.each([
    ['has another code', { module: 'another' }],
    ['has another name', { name: 'another' }],
  ])('is not taken for one that %s', async (_, other) => {
    const place = newPlace();
    const store = await left(place);
    load({ ...place, file: 'src/c.ts', ...other }, both);
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      await expect(run!.result()).rejects.toThrow(`'use durable as shop/src/a.ts#${place.name}'`);
    });
    expect(takeEffects()).toEqual([]);
  });

  it('is not taken for a copy of a file that is still there', async () => {
    const place = newPlace();
    const store = await left(place);
    load({ ...place, file: 'src/copy.ts' }, async () => 'the copy');
    load(place, both);
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      expect(await run!.result()).toEqual(['one', 'two']);
    });
    takeEffects();
  });

  it('is not taken for one that is there with an error', async () => {
    const place = newPlace();
    const store = await left(place);
    const { name, file } = place;
    const error = { code: 'UD0', message: 'wrong', line: 1, column: 1 };
    define({ id: `shop/${file}#${name}`, package: 'shop', file, line: 1, column: 1, steps: [], error });
    load({ ...place, file: 'src/b.ts' }, both);
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      await expect(run!.result()).rejects.toThrow('UD0: wrong');
    });
    expect(takeEffects()).toEqual([]);
  });

  it.each([
    ['not an array', '{'],
    ['not of texts', '[1]'],
  ])('is unknown where what the store knows is %s', async (_, text) => {
    const place = newPlace();
    const store = await left(place);
    const key = `module:${place.module}#${place.name}`;
    await store.swap(key, (await store.setting(key)) as string, text);
    load({ ...place, file: 'src/b.ts' }, both);
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      await expect(run!.result()).rejects.toThrow('which this process');
    });
  });
});

describe('a nested function whose file was renamed', () => {
  it('is compared with what it was', async () => {
    const place = newPlace();
    const outer = { ...newPlace(), file: 'src/outer.ts' };
    const calling =
      (inner: AnyFunction): Body =>
      async ($) =>
        await $.call('inner', inner)();
    const store = memoryStore();
    const runtime = createRuntime({ store });
    await runtime.start(load(outer, calling(load(place, first))), [], { id: 'r' });
    while (eventsOf(store, 'r').length < 2) await new Promise((resolve) => setImmediate(resolve));
    await runtime.close({ timeoutMs: 0 });
    unload(place);
    takeEffects();
    // Its calls were exchanged meanwhile: which is which can't be told.
    const swapped = durable(both, {
      id: `shop/src/b.ts#${place.name}`,
      steps: [site('note', 'note#2'), site('note#2', 'note')],
      meta: { name: place.name, package: 'shop', file: 'src/b.ts', module: 'changed', version: 'v2' },
    });
    load(outer, calling(swapped));
    await withRuntime(store, async (again) => {
      const [run] = await again.recover();
      await expect(run!.result()).rejects.toThrow(/which call of "note" is which/);
    });
    expect(takeEffects()).toEqual([]);
  });
});
