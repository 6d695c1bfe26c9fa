import { describe, expect, it } from 'vitest';
import * as $durable from '../../../../runtime/compiled.ts';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { definitionOf, stepsOf } from '../../../../runtime/functions/definitions.ts';
import {
  createRuntime,
  DuplicateFunctionError,
  memoryStore,
  RunConflictError,
  type Runtime,
  type Store,
  startChild,
  UnknownFunctionError,
} from '../../../../runtime/index.ts';
import { replay } from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';
import { eventsOf, storeWith } from '../../../support/crash.ts';
import { effect, takeEffects } from '../../../support/effects.ts';

/** Ids of 0.1.0 are names alone, which is what a file without an id still gives. */

let count = 0;
const newName = (): string => `old${++count}`;

async function note(text: string): Promise<string> {
  effect(text);
  return text;
}

type Body = Parameters<typeof durable>[0];

const twoNotes =
  (what: string): Body =>
  async ($) => [await $.call('note', note)(`${what} 1`), await $.call('note#2', note)(`${what} 2`)];

/** As 0.1.0 compiled it, and as it is compiled now. */
const formerly = (name: string, body: Body): AnyFunction =>
  durable(body, { id: name, meta: { file: 'index.ts' } });
const now = (pkg: string, name: string, body: Body, file = 'index.ts'): AnyFunction =>
  durable(body, { id: `${pkg}/${file}#${name}`, meta: { name, package: pkg, file } });

/** A store with a run of a function of which so many events were written, and nothing loaded under its id any more. */
async function left(name: string, events: number, what = 'old'): Promise<Store> {
  const whole = memoryStore();
  const runtime = createRuntime({ store: whole });
  await (await runtime.start(formerly(name, twoNotes(what)), [], { id: 'r' })).result();
  await runtime.close();
  forget(name);
  takeEffects();
  return storeWith('r', eventsOf(whole, 'r').slice(0, events));
}

/** A function of a file with an error isn't there; this one's error is gone with it. */
const forget = (name: string): void =>
  void $durable.define({
    id: name,
    file: 'index.ts',
    line: 1,
    column: 1,
    steps: [],
    error: { code: 'UD0', message: '', line: 1, column: 1 },
  });

async function withRuntime<T>(store: Store, use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = createRuntime({ store, onBlocked: () => {} });
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}

describe('a run that has an id of 0.1.0', () => {
  it.each([1, 2, 3, 4])(
    'is continued by the function whose id that was, behind %i events',
    async (events) => {
      const name = newName();
      const store = await left(name, events);
      now('billing', name, twoNotes('old'));
      await withRuntime(store, async (runtime) => {
        const run = await runtime.get('r');
        await runtime.recover();
        expect(await run?.result()).toEqual(['old 1', 'old 2']);
      });
      expect(takeEffects()).toEqual(['old 1', 'old 2'].slice(Math.min(events - 1, 2)));
    },
  );

  it('is found by start, by its own function alone', async () => {
    const name = newName();
    const store = await left(name, 2);
    const fn = now('billing', name, twoNotes('old'));
    const other = now('billing', `${name}Other`, twoNotes('other'));
    await withRuntime(store, async (runtime) => {
      await expect(runtime.start(other, [], { id: 'r' })).rejects.toThrow(RunConflictError);
      expect(await (await runtime.start(fn, [], { id: 'r' })).result()).toEqual(['old 1', 'old 2']);
    });
  });

  it('is blocked where two functions had that id, which the error names, and goes on once one is alone', async () => {
    const name = newName();
    const store = await left(name, 2);
    now('billing', name, twoNotes('old'));
    now('mail', name, twoNotes('mail'));
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      const error = await run!.result().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UnknownFunctionError);
      expect(String(error)).toContain(`billing/index.ts#${name} (line 1) and mail/index.ts#${name} (line 1)`);
      expect(await run!.status()).toBe('blocked');
    });
    expect(takeEffects()).toEqual([]);
    // The function that has its former id back is the one.
    durable(twoNotes('old'), { id: name, meta: { package: 'billing', file: 'index.ts' } });
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      expect(await run!.result()).toEqual(['old 1', 'old 2']);
    });
  });

  it('is blocked where the one of two functions has an error', async () => {
    const name = newName();
    const store = await left(name, 2);
    now('mail', name, twoNotes('mail'));
    const error = { code: 'UD1', message: 'no', line: 1, column: 1 };
    const id = `billing/index.ts#${name}`;
    $durable.define({ id, name, package: 'billing', file: 'index.ts', line: 1, column: 1, steps: [], error });
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      await expect(run!.result()).rejects.toThrow(/two|2 functions/);
    });
    expect(takeEffects()).toEqual([]);
  });

  it('belongs to the function that has that very id, whoever else had it', async () => {
    const name = newName();
    const store = await left(name, 2);
    now('mail', name, twoNotes('mail'));
    durable(twoNotes('old'), { id: name, meta: { package: 'billing', file: 'index.ts' } });
    await withRuntime(store, async (runtime) => {
      const [run] = await runtime.recover();
      expect(await run!.result()).toEqual(['old 1', 'old 2']);
    });
  });

  it('is listed under both ids', async () => {
    const name = newName();
    const store = await left(name, 4);
    const fn = now('billing', name, twoNotes('new'));
    const idsOf = async (
      runtime: Runtime,
      fnId: string | readonly string[],
      limit = 100,
    ): Promise<string[]> => (await runtime.list({ fn: fnId, limit })).map(({ id }) => id);
    await withRuntime(store, async (runtime) => {
      await (await runtime.get('r'))?.result();
      await (await runtime.start(fn, [], { id: 's' })).result();
      expect(await idsOf(runtime, name)).toEqual(['r', 's']);
      expect(await idsOf(runtime, `billing/index.ts#${name}`)).toEqual(['r', 's']);
      expect(await idsOf(runtime, [name, 'nothing'], 1)).toEqual(['r']);
      expect((await runtime.list({ fn: name, cursor: 'r' })).map(({ id }) => id)).toEqual(['s']);
      // With two of them, the old id stands for both, and each new one for its own runs alone.
      now('mail', name, twoNotes('mail'));
      expect(await idsOf(runtime, name)).toEqual(['r', 's']);
      expect(await idsOf(runtime, `billing/index.ts#${name}`)).toEqual(['s']);
      expect(await idsOf(runtime, `mail/index.ts#${name}`)).toEqual([]);
    });
  });

  it('is a child of a run that goes on, though its function has another id by now', async () => {
    const name = newName();
    const parentBody =
      (child: AnyFunction): Body =>
      async ($) => {
        const run = (await $.call('startChild', startChild)(child, [], { id: 'kid' })) as {
          result(): Promise<unknown>;
        };
        await $.call('note', note)('parent');
        return await $.call('run.result', () => run.result())();
      };
    const store = memoryStore();
    const parentName = newName();
    await withRuntime(store, async (runtime) => {
      const child = formerly(name, twoNotes('kid'));
      await (await runtime.start(child, [], { id: 'kid' })).result();
    });
    forget(name);
    takeEffects();
    const parent = now('app', parentName, parentBody(now('app', name, twoNotes('kid'))));
    await withRuntime(store, async (runtime) => {
      expect(await (await runtime.start(parent, [], { id: 'parent' })).result()).toEqual(['kid 1', 'kid 2']);
    });
    expect(takeEffects()).toEqual(['parent']);
  });

  it('fits a replay of its journal', async () => {
    const name = newName();
    const store = memoryStore();
    const journal = await withRuntime(store, async (runtime) => {
      const run = await runtime.start(formerly(name, twoNotes('old')), []);
      await run.result();
      return run.exportJournal();
    });
    forget(name);
    expect(await replay(now('billing', name, twoNotes('old')), journal)).toEqual({ fits: true });
    expect(await replay(now('billing', newName(), twoNotes('old')), journal)).toMatchObject({ fits: false });
  });

  it('holds functions as values, which are found by their ids of now', async () => {
    const name = newName();
    const given = formerly(name, async () => 'given');
    const store = memoryStore();
    const taker = durable(async (_$, fn: unknown) => definitionOf(fn)?.id, { id: newName() });
    await withRuntime(store, async (runtime) => {
      await (await runtime.start(taker, [given], { id: 'first' })).result();
      forget(name);
      now('billing', name, async () => 'given');
      expect(await (await runtime.rerun('first')).result()).toBe(`billing/index.ts#${name}`);
    });
  });
});

describe('two functions with one id', () => {
  const define = (meta: Partial<$durable.DefinitionMeta>): unknown =>
    $durable.define({ id: 'one-id', file: 'src/index.ts', line: 3, column: 1, steps: [], ...meta });

  it('are an error that names both, of packages with files of one name too', () => {
    define({ package: 'billing' });
    expect(() => define({ package: 'mail', line: 7 })).toThrow(DuplicateFunctionError);
    expect(() => define({ package: 'mail', line: 7 })).toThrow(
      /"one-id": billing\/src\/index\.ts:3 and mail\/src\/index\.ts:7/,
    );
    expect(() => define({ package: 'billing', file: 'src/other.ts' })).toThrow(/billing\/src\/other\.ts:3/);
  });

  it('are one function where the module was evaluated again, in other lines too', () => {
    define({ package: 'billing' });
    expect(() => define({ package: 'billing', line: 9 })).not.toThrow();
    const fn = now('billing', newName(), async () => 1);
    expect(stepsOf(fn)).toEqual([]);
  });
});
