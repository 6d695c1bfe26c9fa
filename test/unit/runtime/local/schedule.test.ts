import { describe, expect, it, vi } from 'vitest';
import {
  createRuntime,
  MisuseError,
  memoryStore,
  NotCompiledError,
  type Runtime,
  type RuntimeOptions,
  SerializationError,
  type Store,
  StoreError,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const NOON = Date.parse('2027-03-01T12:00:00Z');
const MINUTE = 60_000;

/** A runtime whose clock stands at noon until it is moved. */
function at(time: number, options: Partial<RuntimeOptions> = {}) {
  const clock = new ManualClock(time);
  const runtime = createRuntime({ store: memoryStore(), clock, ...options });
  return { clock, runtime };
}

const idsIn = async (runtime: Runtime): Promise<string[]> => (await runtime.list()).map(({ id }) => id);

/** Lets what the clock set off come to its end. */
const settle = (): Promise<void> => later(5, undefined);

describe('a schedule', () => {
  const seen: unknown[][] = [];
  const fn = durable(async ($, ...args: unknown[]) => $.call('keep', async () => seen.push(args))());

  it('starts a run at each due time, named after it', async () => {
    const { clock, runtime } = at(NOON);
    const schedule = await runtime.schedule('tick', { cron: '*/5 * * * *' }, fn, ['x', new Date(1)]);
    expect(schedule.next()).toEqual(new Date(NOON + 5 * MINUTE));
    clock.move(5 * MINUTE - 1);
    await settle();
    expect(await idsIn(runtime)).toEqual([]);
    clock.move(1);
    await settle();
    clock.move(5 * MINUTE);
    await settle();
    expect(await idsIn(runtime)).toEqual(['tick@2027-03-01T12:05:00.000Z', 'tick@2027-03-01T12:10:00.000Z']);
    expect(seen).toEqual([
      ['x', new Date(1)],
      ['x', new Date(1)],
    ]);
    schedule.stop();
    clock.move(5 * MINUTE);
    await settle();
    expect(await idsIn(runtime)).toHaveLength(2);
    await runtime.close();
  });

  it('goes by the clock of a place, or of UTC', async () => {
    const { runtime } = at(NOON);
    const there = { cron: '0 3 * * *', timeZone: 'America/New_York' };
    expect((await runtime.schedule('there', there, fn, [])).next()).toEqual(new Date('2027-03-02T08:00:00Z'));
    const utc = await runtime.schedule('utc', { cron: '0 3 * * *' }, fn, []);
    expect(utc.next()).toEqual(new Date('2027-03-02T03:00:00Z'));
    await runtime.close();
  });

  it('makes up for what was missed by one run, and then goes on', async () => {
    const store = memoryStore();
    const first = at(NOON, { store });
    await first.runtime.schedule('tick', { cron: '*/5 * * * *' }, fn, []);
    await first.runtime.close();
    const second = at(NOON + 22 * MINUTE, { store });
    const schedule = await second.runtime.schedule('tick', { cron: '*/5 * * * *' }, fn, []);
    second.clock.move(0);
    await settle();
    expect(await idsIn(second.runtime)).toEqual(['tick@2027-03-01T12:05:00.000Z']);
    expect(schedule.next()).toEqual(new Date(NOON + 25 * MINUTE));
    await second.runtime.close();
  });

  it('begins anew when its times were changed', async () => {
    const store = memoryStore();
    const first = at(NOON, { store });
    await first.runtime.schedule('tick', { cron: '*/5 * * * *' }, fn, []);
    await first.runtime.close();
    const second = at(NOON + 22 * MINUTE, { store });
    const schedule = await second.runtime.schedule('tick', { cron: '0 * * * *' }, fn, []);
    expect(schedule.next()).toEqual(new Date(NOON + 60 * MINUTE));
    await second.runtime.close();
  });

  it('is kept by several processes, and starts each run once', async () => {
    const store = memoryStore();
    const all = [at(NOON, { store }), at(NOON, { store }), at(NOON, { store })];
    const once: number[] = [];
    const counting = durable(async ($) => $.call('count', async () => once.push(1))());
    for (const { runtime } of all) await runtime.schedule('tick', { cron: '* * * * *' }, counting, []);
    for (let minute = 0; minute < 3; minute++) {
      for (const { clock } of all) clock.move(MINUTE);
      await vi.waitUntil(() => once.length > minute, 30_000);
      await settle();
    }
    expect(await idsIn(all[0]!.runtime)).toHaveLength(3);
    expect(once).toHaveLength(3);
    for (const { runtime } of all) await runtime.close();
  });

  it('starts no run again that another process started, and that was removed, while it stood still', async () => {
    const store = memoryStore();
    const [first, late] = [at(NOON, { store }), at(NOON, { store })];
    const once: number[] = [];
    const counting = durable(async ($) => $.call('count', async () => once.push(1))());
    for (const { runtime } of [first, late])
      await runtime.schedule('tick', { cron: '0 * * * *' }, counting, []);
    first.clock.move(60 * MINUTE);
    await vi.waitUntil(async () => (await first.runtime.list({ status: 'completed' })).length === 1, 30_000);
    first.clock.move(1);
    await first.runtime.prune(0);
    expect(await idsIn(first.runtime)).toEqual([]);
    late.clock.move(60 * MINUTE);
    await settle();
    expect(await idsIn(late.runtime)).toEqual([]);
    expect(once).toHaveLength(1);
    // It goes by what the other one has made of the schedule.
    late.clock.move(60 * MINUTE);
    await vi.waitUntil(() => once.length === 2, 30_000);
    for (const { runtime } of [first, late]) await runtime.close();
  });

  it('that is stopped while it asks the store starts nothing', async () => {
    const store = memoryStore();
    let asked = (): void => {};
    const slow = new Proxy(store, {
      get(target, name: keyof Store) {
        const method = target[name];
        if (name === 'setting')
          return async (key: string) => {
            asked();
            return later(1, await store.setting(key));
          };
        return typeof method === 'function' ? (method as (...args: never[]) => unknown).bind(target) : method;
      },
    });
    const { clock, runtime } = at(NOON, { store: slow });
    const schedule = await runtime.schedule('tick', { cron: '* * * * *' }, fn, []);
    asked = () => schedule.stop();
    clock.move(MINUTE);
    await settle();
    await settle();
    expect(await idsIn(runtime)).toEqual([]);
    await runtime.close();
  });

  it('that has no due time any more ends', async () => {
    const { runtime } = at(NOON);
    const schedule = await runtime.schedule('never', { cron: '2027-02-01T00:00:00' }, fn, []);
    expect(schedule.next()).toBeUndefined();
    await runtime.close();
  });

  it('tries again when the store fails', async () => {
    const store = memoryStore();
    let broken = false;
    const failing = new Proxy(store, {
      get(target, name: keyof Store) {
        if (name === 'create' && broken) throw new StoreError('the disk is full');
        const method = target[name];
        return typeof method === 'function' ? (method as (...args: never[]) => unknown).bind(target) : method;
      },
    });
    const { clock, runtime } = at(NOON, { store: failing });
    await runtime.schedule('tick', { cron: '* * * * *' }, fn, []);
    broken = true;
    clock.move(MINUTE);
    await settle();
    expect(await idsIn(runtime)).toEqual([]);
    broken = false;
    clock.move(1_000);
    await settle();
    expect(await idsIn(runtime)).toEqual(['tick@2027-03-01T12:01:00.000Z']);
    await runtime.close();
  });

  it('is refused where it can not be meant', async () => {
    const { runtime } = at(NOON);
    await runtime.schedule('tick', { cron: '* * * * *' }, fn, []);
    await expect(runtime.schedule('tick', { cron: '* * * * *' }, fn, [])).rejects.toThrow(/already/);
    await expect(runtime.schedule('', { cron: '* * * * *' }, fn, [])).rejects.toThrow(MisuseError);
    await expect(runtime.schedule('a', { cron: 'often' }, fn, [])).rejects.toThrow(MisuseError);
    await expect(runtime.schedule('b', { cron: '* * * * *', timeZone: 'Moon' }, fn, [])).rejects.toThrow(
      MisuseError,
    );
    for (const timeZone of ['', ' ', null, 60, 0, {}, 'UTC ', 'Europe/Berlin\0']) {
      const times = { cron: '* * * * *', timeZone: timeZone as never };
      await expect(runtime.schedule('b', times, fn, []), String(timeZone)).rejects.toThrow(MisuseError);
    }
    for (const cron of [
      '0 0 30 2 *',
      '0 0 31 2,4,6,9,11 *',
      '0 0 0 31 4 *',
      '',
      '  ',
      null,
      5,
      new Date(),
      '60 * * * *',
    ])
      await expect(runtime.schedule('n', { cron: cron as never }, fn, []), String(cron)).rejects.toThrow(
        MisuseError,
      );
    await expect(runtime.schedule('n', { cron: '0 0 30 2 *' }, fn, [])).rejects.toThrow('never comes');
    // They are rare, and come.
    for (const cron of ['0 0 29 2 *', '0 0 31 12 *', '0 0 29 2 1'])
      (await runtime.schedule(cron, { cron }, fn, [])).stop();
    await expect(runtime.schedule('c', { cron: '* * * * *' }, async () => 1, [])).rejects.toThrow(
      NotCompiledError,
    );
    await expect(runtime.schedule('d', { cron: '* * * * *' }, fn, [() => 1])).rejects.toThrow(
      SerializationError,
    );
    await runtime.close();
    await expect(runtime.schedule('e', { cron: '* * * * *' }, fn, [])).rejects.toThrow(/closed/);
  });
});
