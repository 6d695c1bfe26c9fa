import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../../../runtime/base/errors.ts';
import {
  type Attributes,
  createRuntime,
  fileStore,
  LimitError,
  MisuseError,
  memoryStore,
  NotCompiledError,
  type Runtime,
  type Store,
  setAttributes,
  sleep,
  step,
  waitFor,
} from '../../../../runtime/index.ts';
import type { Append } from '../../../../runtime/stores/store.ts';
import { crashSweep } from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-attributes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const STORES: Readonly<Record<string, () => Store>> = {
  memory: memoryStore,
  file: () => fileStore(join(folder, `${++files}.db`)),
};

const attributesOf = async (store: Store, id = 'r'): Promise<Attributes> =>
  (await store.record(id))!.attributes;

const waitsUntil = (store: Store, attributes: Attributes): Promise<void> =>
  vi.waitFor(async () => expect(await attributesOf(store)).toEqual(attributes), { timeout: 10_000 });

const idsOf = async (runtime: Runtime, attributes: Attributes): Promise<string[]> =>
  (await runtime.list({ attributes })).map(({ id }) => id);

const work = async (name: string): Promise<string> => name;

/** Sets attributes before, between and behind its steps, and takes one away again. */
const order = durable(async ($, customer: string) => {
  $.show(setAttributes)({ customer, total: 0, stage: 'new' });
  await $.call('work', work)('reserve');
  $.show(setAttributes)({ stage: 'reserved', total: 12, since: new Date(1_000) });
  $.show(setAttributes)({ total: 13 });
  await Promise.all([$.call('work#2', work)('pay'), $.call('work#3', work)('ship')]);
  $.show(setAttributes)({ since: null, paid: true, stage: undefined });
  await $.call('work#4', work)('thank');
  $.show(setAttributes)({ stage: 'done' });
  return customer;
});

const AT_LAST = { customer: 'c-1', total: 13, stage: 'done', paid: true };

/** After how many events each attribute that the order sets must be there, at the latest. */
function expectNotLate(events: number, attributes: Attributes): void {
  if (events >= 2) expect(attributes).toMatchObject({ customer: 'c-1' });
  if (events >= 3) expect(attributes).toMatchObject({ total: 13 });
  if (events >= 5) expect(attributes).toMatchObject({ paid: true });
  if (events >= 6) expect(attributes).toEqual(AT_LAST);
}

/** The store of a process that is killed at its n-th write, before or behind it. */
function killed(store: Store, after: number, isWritten: boolean): Store {
  let left = after;
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'append') return typeof value === 'function' ? value.bind(target) : value;
      return (batch: readonly Append[]) => {
        if (--left > 0) return target.append(batch);
        if (left === 0 && isWritten) void target.append(batch);
        throw new StoreError('the process died');
      };
    },
  });
}

describe.each(Object.entries(STORES))('attributes, with a %s', (_, open) => {
  it('are those of the start and those that the code has set, and find the run', async () => {
    const store = open();
    const runtime = createRuntime({ store });
    const options = { id: 'r', attributes: { channel: 'web', stage: 'asked', none: undefined } };
    const run = await runtime.start(order, ['c-1'], options);
    expect(await idsOf(runtime, { channel: 'web' })).toEqual(['r']);
    await run.result();
    expect(await attributesOf(store)).toEqual({ ...AT_LAST, channel: 'web' });
    expect(await idsOf(runtime, { customer: 'c-1', channel: 'web' })).toEqual(['r']);
    expect(await idsOf(runtime, { customer: 'c-2' })).toEqual([]);
    expect(await runtime.list({ attributes: { paid: true }, status: 'completed' })).toMatchObject([
      { id: 'r' },
    ]);
    await runtime.start(order, ['c-1'], { id: 'r', attributes: { channel: 'shop' } });
    expect(await attributesOf(store)).toMatchObject({ channel: 'web' });
    expect(await run.events()).toHaveLength(6);
    await runtime.close();
  });

  it('are the same after a kill at any write, and in the store no later than the next event', async () => {
    for (let write = 1; write <= 6; write++) {
      for (const isWritten of [false, true]) {
        const store = open();
        const first = createRuntime({ store: killed(store, write, isWritten) });
        const begun = await first.start(order, ['c-1'], { id: 'r' });
        const outcome = await begun.result().catch(() => 'killed');
        await first.close().catch(() => {});
        const { events, record } = (await store.load('r'))!;
        expectNotLate(events.length, record.attributes);
        if (outcome === 'killed') {
          const runtime = createRuntime({ store });
          await runtime.recover();
          await expect((await runtime.get('r'))!.result()).resolves.toBe('c-1');
          await runtime.close();
        }
        expect(await attributesOf(store)).toEqual(AT_LAST);
        expect((await store.load('r'))!.events).toHaveLength(6);
        await store.close();
      }
    }
  });

  it('are written while the run waits, without an event', async () => {
    const store = open();
    const runtime = createRuntime({ store });
    const fn = durable(async ($) => {
      $.show(setAttributes)({ stage: 'waiting' });
      await $.call('waitFor', waitFor)('go');
    });
    const run = await runtime.start(fn, [], { id: 'r' });
    await waitsUntil(store, { stage: 'waiting' });
    expect(await run.events()).toHaveLength(1);
    await run.signal('go');
    await run.result();
    await runtime.close();
  });

  it('are those of the code as it is now when the run goes on', async () => {
    const store = open();
    const first = createRuntime({ store });
    const version = (more: object) =>
      durable(
        async ($) => {
          $.show(setAttributes)({ stage: 'waiting', ...more });
          await $.call('waitFor', waitFor)('go');
        },
        { id: 'attributes-of-versions' },
      );
    await first.start(version({ old: 1 }), [], { id: 'r' });
    await waitsUntil(store, { stage: 'waiting', old: 1 });
    await first.close();
    version({ customer: 'c-1' });
    const second = createRuntime({ store });
    await second.recover();
    await waitsUntil(store, { stage: 'waiting', customer: 'c-1' });
    await second.close();
  });

  it('are taken back with what a resumed run does again, and kept by a rerun and a fork', async () => {
    const store = open();
    const runtime = createRuntime({ store });
    let broken = true;
    const fn = durable(async ($) => {
      $.show(setAttributes)({ stage: 'first' });
      await $.call('work', work)('a');
      try {
        await $.call('pay', async () => {
          if (broken) throw new Error('the bank is closed');
        })();
      } catch (error) {
        $.show(setAttributes)({ trouble: true });
        throw error;
      }
    });
    const run = await runtime.start(fn, [], { id: 'r', attributes: { customer: 'c-1' } });
    await expect(run.result()).rejects.toThrow('closed');
    expect(await attributesOf(store)).toEqual({ customer: 'c-1', stage: 'first', trouble: true });
    broken = false;
    await (await runtime.resume('r')).result();
    expect(await attributesOf(store)).toEqual({ customer: 'c-1', stage: 'first' });
    await (await runtime.rerun('r', { id: 'again' })).result();
    await (await runtime.fork('r', { from: 'pay', id: 'fork' })).result();
    expect(await idsOf(runtime, { customer: 'c-1' })).toEqual(['r', 'again', 'fork']);
    expect(await attributesOf(store, 'fork')).toEqual({ customer: 'c-1', stage: 'first' });
    await runtime.close();
  });
});

describe('attributes', () => {
  it('survive every crash of a sweep', async () => {
    const sweep = await crashSweep(order, ['c-1']);
    expect(sweep.outcome).toMatchObject({ value: 'c-1' });
  });

  const refusals: [string, Record<string, unknown>, new (...args: never[]) => Error, RegExp][] = [
    ['an object', { a: {} }, MisuseError, /"a" must be a text/],
    ['NaN', { a: Number.NaN }, MisuseError, /finite number/],
    ['a Date that is none', { a: new Date(Number.NaN) }, MisuseError, /valid Date/],
    ['a bigint', { a: 1n }, MisuseError, /"a" must be/],
    ['half of a character', { a: '\ud800' }, MisuseError, /half of a character/],
    ['a NUL', { a: 'a\0' }, MisuseError, /NUL/],
    ['a long text', { a: 'x'.repeat(501) }, LimitError, /501 characters/],
    ['a name with a space', { 'a b': 1 }, MisuseError, /can't be the name/],
    ['a name that begins with _', { __proto: 1 }, MisuseError, /can't be the name/],
    [
      'too many',
      Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a${i}`, i])),
      LimitError,
      /33 attributes/,
    ],
  ];

  it.each(refusals)('are refused: %s', async (_, attributes, type, words) => {
    const runtime = createRuntime({ store: memoryStore() });
    const given = attributes as Attributes;
    await expect(runtime.start(order, ['c-1'], { attributes: given })).rejects.toThrow(words);
    await expect(runtime.list({ attributes: given })).rejects.toThrow(type);
    const run = await runtime.start(
      durable(async ($) => $.show(setAttributes)(given)),
      [],
    );
    await expect(run.result()).rejects.toThrow(words);
    await expect(run.result()).rejects.toBeInstanceOf(type);
    await runtime.close();
  });

  it('are refused where they are no object, and where a run has too many in all', async () => {
    const runtime = createRuntime({ store: memoryStore() });
    for (const none of [undefined, null, [1], new Map(), 'customer', new Date()]) {
      const run = await runtime.start(
        durable(async ($) => $.show(setAttributes)(none)),
        [],
      );
      await expect(run.result()).rejects.toThrow(/attributes are an object/);
    }
    const many = durable(async ($) => {
      for (let i = 0; i < 32; i++) $.show(setAttributes)({ [`a${i}`]: i });
      $.show(setAttributes)({ a1: null, b: 1 });
      $.show(setAttributes)({ c: 1 });
    });
    await expect((await runtime.start(many, [])).result()).rejects.toThrow(
      /would have 33 attributes, and 32/,
    );
    await runtime.close();
  });

  it('are set in the durable function itself, not in a step and not outside of runs', async () => {
    expect(() => setAttributes({ a: 1 })).toThrow(NotCompiledError);
    const runtime = createRuntime({ store: memoryStore() });
    const inStep = durable(async ($) => $.step('step', step)(async () => setAttributes({ a: 1 })));
    await expect((await runtime.start(inStep, [])).result()).rejects.toThrow(
      /setAttributes\(\) was called inside a step/,
    );
    const closure = durable(async ($) => $.step('step', step)(async () => $.show(setAttributes)({ a: 1 })));
    await expect((await runtime.start(closure, [])).result()).rejects.toThrow(/inside a step/);
    await runtime.close();
  });

  it('are set by any name, and where it is called by code that only calls back', async () => {
    const store = memoryStore();
    const runtime = createRuntime({ store });
    const fn = durable(async ($) => {
      $.maybe.start('tag', setAttributes)({ a: 1 });
      await ($.call('tag', setAttributes)({ b: 2 }) as unknown);
      for (const name of ['c', 'd']) $.show(setAttributes)({ [name]: 3 });
      await $.sleep('sleep', sleep)(1);
      const other = (value: number) => value + 1;
      return $.show(other)(1);
    });
    const run = await runtime.start(fn, [], { id: 'r' });
    await expect(run.result()).resolves.toBe(2);
    expect(await attributesOf(store)).toEqual({ a: 1, b: 2, c: 3, d: 3 });
    expect((await run.events()).map(({ type }) => type)).toEqual([
      'run-started',
      'wait-set',
      'wait-fired',
      'run-ended',
    ]);
    await runtime.close();
  });
});
