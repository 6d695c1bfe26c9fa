/** What those who look at a store see: the same of a file and of a store in memory, beside their workers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileStore, memoryStore } from '../../../../runtime/index.ts';
import type { InspectSource, RunQuery } from '../../../../runtime/stores/inspect-source.ts';
import { fileSource } from '../../../../runtime/stores/sqlite-source.ts';
import type { Store } from '../../../../runtime/stores/store.ts';
import { deadPid, ended, started, step, worker } from './events.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `${++files}.db`);

/** Five runs: a completed one, a blocked one, one that sleeps, one that a worker has, one that a dead worker has. */
async function fill(store: Store): Promise<void> {
  const me = worker('me');
  const create = async (id: string, at: number, fn = 'order', by = me) =>
    (await store.create(id, started(at, fn), by))!;
  const first = await create('order-1', 1000);
  await store.append([{ claim: first, seq: 1, events: [step('charge'), ended()] }]);
  await store.block(await create('order-2', 2000), 'no such function');
  await store.park(await create('order-3', 3000), Number.POSITIVE_INFINITY, 0);
  await create('mail-1', 4000, 'mail');
  await create('mail-2', 5000, 'mail', worker('dead', { pid: deadPid() }));
  await store.send('order-3', { kind: 'signal', name: 'go', ok: true, value: '1j1' });
  await store.watch('order-1', 'mail-1');
  await store.swap('schedule:nightly', undefined, '{"cron":"0 3 * * *","next":7000}');
  await store.swap('schedule:broken', undefined, 'x');
}

const kinds: readonly [string, () => Store][] = [
  ['a file', () => fileStore(newPath())],
  ['memory', memoryStore],
];

describe.each(kinds)('a store in %s shows', (_, open) => {
  let store: Store;
  beforeAll(async () => {
    store = open();
    await fill(store);
  });
  afterAll(() => store.close());
  const look = async (use: (source: InspectSource) => Promise<void>): Promise<void> => {
    const source = store.inspect();
    await use(source);
    await source.close();
  };
  const idsOf = async (source: InspectSource, query: RunQuery): Promise<readonly string[]> =>
    (await source.page(query)).runs.map(({ id }) => id);

  it('its runs, the newest first, by filters and in pages', () =>
    look(async (source) => {
      const all = ['mail-2', 'mail-1', 'order-3', 'order-2', 'order-1'];
      expect(await idsOf(source, {})).toEqual(all);
      expect(await idsOf(source, { status: ['blocked'] })).toEqual(['order-2']);
      expect(await idsOf(source, { status: ['blocked', 'completed'] })).toEqual(['order-2', 'order-1']);
      expect(await idsOf(source, { status: ['failed'] })).toEqual([]);
      expect(await idsOf(source, { fn: ['mail'], status: ['running'] })).toEqual(['mail-2', 'mail-1']);
      expect(await idsOf(source, { fn: ['mail', 'order'] })).toEqual(all);
      expect(await idsOf(source, { prefix: 'order-' })).toEqual(all.slice(2));
      expect(await idsOf(source, { search: 'l-1' })).toEqual(['mail-1']);
      expect(await idsOf(source, { search: 'orde' })).toEqual(all.slice(2));
      expect(await idsOf(source, { since: 2000, until: 4000 })).toEqual(['order-3', 'order-2']);
      const first = await source.page({ limit: 2 });
      const second = await source.page({ limit: 2, ...(first.next && { cursor: first.next }) });
      const third = await source.page({ limit: 2, ...(second.next && { cursor: second.next }) });
      expect([first, second, third].flatMap(({ runs }) => runs.map(({ id }) => id))).toEqual(all);
      expect(third).not.toHaveProperty('next');
      const { updatedAt: _, ...blocked } = (await source.page({ status: ['blocked'] })).runs[0]!;
      expect(blocked).toEqual({
        id: 'order-2',
        fn: 'order',
        status: 'blocked',
        reason: 'no such function',
        createdAt: 2000,
        attributes: {},
      });
      await expect(async () => source.page({ cursor: 'x' })).rejects.toThrow('is not the id of a run');
    }));

  it('runs by their attributes, each with one of some values', async () => {
    const store = open();
    for (const [id, attributes] of [
      ['a', { customer: '7', paid: true }],
      ['b', { customer: 7 }],
      ['c', { customer: 'x', due: { time: 5 } }],
    ] as const)
      await store.create(id, { ...started(), attributes }, worker('me'));
    const source = store.inspect();
    expect(await idsOf(source, { attributes: { customer: ['7', 7] } })).toEqual(['b', 'a']);
    expect(await idsOf(source, { attributes: { customer: ['7'], paid: [true] } })).toEqual(['a']);
    expect(await idsOf(source, { attributes: { due: [{ time: 5 }] } })).toEqual(['c']);
    expect(await idsOf(source, { attributes: { customer: ['7', 7] }, status: ['failed'] })).toEqual([]);
    expect(await idsOf(source, { attributes: { none: ['7'] }, prefix: 'a' })).toEqual([]);
    await source.close();
    await store.close();
  });

  it('how many there are, and ids that begin with a text', () =>
    look(async (source) => {
      expect(await source.counts()).toEqual({
        running: 3,
        blocked: 1,
        completed: 1,
        failed: 0,
        cancelled: 0,
      });
      expect(await source.functions()).toEqual(['mail', 'order']);
      expect(await source.ids('order-', 2)).toEqual(['order-1', 'order-2']);
      expect(await source.ids('x', 2)).toEqual([]);
    }));

  it('a run with its journal and what it was sent', () =>
    look(async (source) => {
      const run = await source.load('order-1');
      expect(run?.events.map(({ type }) => type)).toEqual(['run-started', 'step', 'run-ended']);
      expect(await source.load('order-3')).toMatchObject({ messages: [{ kind: 'signal', name: 'go' }] });
      expect(await source.load('none')).toBeUndefined();
      expect(await source.record('order-1')).toMatchObject({ status: 'completed', updatedAt: 3000 });
      expect(await source.record('none')).toBeUndefined();
    }));

  it('who drives a run', () =>
    look(async (source) => {
      expect(await source.standing('mail-1')).toMatchObject({ owner: { worker: 'me', state: 'alive' } });
      expect(await source.standing('mail-2')).toMatchObject({ owner: { worker: 'dead', state: 'gone' } });
      // It was sent something.
      expect(await source.standing('order-3')).toMatchObject({ wakeAt: 0, crashes: { count: 0 } });
      expect(await source.standing('order-3')).not.toHaveProperty('owner');
      expect(await source.standing('none')).toBeUndefined();
      expect((await source.workers()).map(({ worker: name, state, runs }) => [name, state, runs])).toEqual([
        ['dead', 'gone', 1],
        ['me', 'alive', 1],
      ]);
    }));

  it('runs whose end a run waits for, settings and schedules', () =>
    look(async (source) => {
      expect((await source.watched('mail-1')).map(({ id }) => id)).toEqual(['order-1']);
      expect(await source.setting('schedule:broken')).toBe('x');
      expect(await source.setting('none')).toBeUndefined();
      expect(await source.schedules()).toEqual([{ name: 'nightly', cron: '0 3 * * *', next: 7000 }]);
    }));
});

describe('a file', () => {
  it('of each earlier format shows its runs', async () => {
    const path = newPath();
    const store = fileStore(path);
    await fill(store);
    await store.close();
    const db = new DatabaseSync(path);
    // As 0.1.0 left it.
    db.exec(`drop table messages; drop table callbacks; drop table watchers; drop table settings; drop table codes; drop table attributes;
      drop index runs_held; drop index runs_parked; drop index runs_blocked; drop index runs_ended; drop index runs_by_status;
      drop index runs_by_fn; drop index runs_crashed; drop index runs_by_code;
      alter table runs add column owner_pid integer; alter table runs add column owner_host text;
      alter table runs add column owner_process text; alter table runs add column lease_until integer;
      update runs set owner_pid = 1, owner_host = 'h', lease_until = 5 where owner is not null;
      drop table workers;
      alter table runs drop column wake_at; alter table runs drop column length; alter table runs drop column claimed_at;
      alter table runs drop column crashes; alter table runs drop column crashes_alone; alter table runs drop column crashes_lived;
      alter table runs drop column doing; alter table runs drop column crashed; alter table runs drop column sum;
      alter table runs drop column code; alter table events drop column sum; pragma user_version = 1`);
    db.close();
    const source = fileSource(path);
    expect((await source.page({ status: ['running'], prefix: 'mail' })).runs.map(({ id }) => id)).toEqual([
      'mail-2',
      'mail-1',
    ]);
    expect((await source.page({ attributes: { customer: ['x'] }, status: ['running'] })).runs).toEqual([]);
    expect((await source.load('order-1'))?.events).toHaveLength(3);
    expect(await source.standing('mail-1')).toMatchObject({
      owner: { worker: 'me', state: 'gone' },
      wakeAt: 0,
    });
    expect(await source.watched('mail-1')).toEqual([]);
    expect(await source.schedules()).toEqual([]);
    expect(await source.setting('x')).toBeUndefined();
    await source.close();
  });

  it('with a damaged run shows the others, and which one it is', async () => {
    const path = newPath();
    const store = fileStore(path);
    await fill(store);
    await store.close();
    const db = new DatabaseSync(path);
    db.exec(
      `update events set data = replace(data, 'charge', 'refund'); update runs set status = 'failed' where id = 'order-2'`,
    );
    db.close();
    const source = fileSource(path);
    expect(() => source.load('order-1')).toThrow('The journal of run "order-1"');
    const { runs } = await source.page({});
    expect(runs).toHaveLength(5);
    expect(runs.find(({ id }) => id === 'order-2')).toMatchObject({ status: 'blocked' });
    await source.close();
  });

  it('that is none is refused', () => {
    expect(() => fileSource(join(folder, 'none.db'))).toThrow('There is no file');
  });
});
