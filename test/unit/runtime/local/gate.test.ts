import { afterEach, describe, expect, it } from 'vitest';
import { createRuntime, memoryStore, type Runtime, type Store, waitFor } from '../../../../runtime/index.ts';
import { Gate } from '../../../../runtime/local/commit/gate.ts';
import type { ClaimWish } from '../../../../runtime/stores/claims.ts';
import { durable } from '../../../support/compiled.ts';
import { worker } from '../stores/events.ts';

let runtime: Runtime | undefined;
afterEach(async () => {
  await runtime?.close();
  runtime = undefined;
});

describe('calls from outside', () => {
  /** A gate whose calls take as long as they say, and whose turns come when they are told to. */
  function gate(): { pass: (name: string, ms: number) => unknown; turn: () => void; made: string[] } {
    let now = 0;
    const turns: (() => void)[] = [];
    const made: string[] = [];
    const gate = new Gate(
      (callback) => turns.push(callback),
      () => now,
    );
    const pass = (name: string, ms: number): unknown =>
      gate.pass(() => {
        now += ms;
        made.push(name);
        return name;
      });
    return { pass, made, turn: () => turns.shift()?.() };
  }

  it('are made at once as long as they take little time together, then in the next turns, in order', async () => {
    const { pass, turn, made } = gate();
    expect(['a', 'b', 'c', 'd'].map((name) => pass(name, 5))).toEqual(['a', 'b', 'c', 'd']);
    const later = ['e', 'f', 'g'].map((name) => pass(name, 10));
    expect(made).toEqual(['a', 'b', 'c', 'd']);
    turn();
    expect(made.slice(4)).toEqual(['e', 'f']);
    // What comes now has no right to pass those that wait.
    later.push(pass('h', 0));
    turn();
    expect(made.slice(4)).toEqual(['e', 'f', 'g', 'h']);
    expect(await Promise.all(later)).toEqual(['e', 'f', 'g', 'h']);
    turn();
    expect(pass('i', 1)).toBe('i');
  });

  it('that take no time never wait, and those that fail hold nobody up', async () => {
    const { pass, made } = gate();
    for (let n = 0; n < 100; n++) pass('x', 0);
    expect(made).toHaveLength(100);
    let now = 0;
    const turns: (() => void)[] = [];
    const failing = new Gate(
      (callback) => turns.push(callback),
      () => now,
    );
    const fail = (): never => {
      now += 30;
      throw new Error('locked');
    };
    expect(() => failing.pass(fail)).toThrow('locked');
    const waiting = [failing.pass(fail), failing.pass(() => 'after')];
    turns.shift()?.();
    turns.shift()?.();
    await expect(waiting[0]).rejects.toThrow('locked');
    expect(await waiting[1]).toBe('after');
  });

  it('reach runs in the order in which they were made', async () => {
    const store = memoryStore();
    const { send } = store;
    // As slow as a disk.
    store.send = (...args) => {
      const end = performance.now() + 3;
      while (performance.now() < end);
      return send.apply(store, args);
    };
    runtime = createRuntime({ store });
    const taker = durable(async ($) => {
      const all: unknown[] = [];
      for (let n = 0; n < 30; n++) all.push(await $.call('waitFor', waitFor)('item'));
      return all;
    });
    const handle = await runtime.start(taker, []);
    let turns = 0;
    const count = (): void => {
      turns++;
      setImmediate(count).unref();
    };
    count();
    await Promise.all(Array.from({ length: 30 }, (_, n) => handle.signal('item', n)));
    expect(turns).toBeGreaterThan(2);
    expect(await handle.result()).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });
});

it('recover() takes blocked runs up so many at a time, each once', async () => {
  const fn = durable(async ($) => $.call('waitFor', waitFor)('go'), { id: 'blocked-ones' });
  const store: Store = memoryStore();
  const count = 250;
  for (let n = 0; n < count; n++) {
    const started = {
      type: 'run-started',
      at: 1,
      version: 1,
      fn: 'blocked-ones',
      input: '1j[]',
      seed: 's',
    } as const;
    const claim = (await store.create(`r${n}`, started, worker('a')))!;
    await store.block(claim, 'its function is unknown');
  }
  await store.release('a');
  const { claim } = store;
  const sizes: number[] = [];
  store.claim = (by, wish: ClaimWish = {}) => {
    const claims = claim.call(store, by, wish);
    if (wish.blocked === true) sizes.push((claims as readonly unknown[]).length);
    return claims;
  };
  runtime = createRuntime({ store });
  expect(fn).toBeDefined();
  const handles = await runtime.recover();
  expect(sizes).toEqual([100, 100, 50]);
  expect(new Set(handles.map(({ id }) => id)).size).toBe(count);
});
