import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createRuntime,
  fileStore,
  MisuseError,
  memoryStore,
  type Runtime,
  type Store,
} from '../../../../runtime/index.ts';
import type { RuntimeOptions } from '../../../../runtime/local/worker/options.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { ended, started, step, worker } from '../stores/events.ts';

const root = mkdtempSync(join(tmpdir(), 'use-durable-retention-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DAY = 24 * 60 * 60 * 1_000;
const NOW = 1_900_000_000_000;

let count = 0;
let path: string;
let clock: ManualClock;
const runtimes: Runtime[] = [];
beforeEach(() => {
  path = join(root, `${count++}.db`);
  clock = new ManualClock(NOW);
});
afterEach(async () => {
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.close({ store: true })));
});

function runtimeOn(store: Store, retention: NonNullable<RuntimeOptions['retention']> = '30 days'): Runtime {
  const runtime = createRuntime({ store, clock, retention });
  runtimes.push(runtime);
  return runtime;
}

/** A run with so many events that ended at this time. */
async function add(store: Store, id: string, at: number, events = 3): Promise<void> {
  const claim = (await store.create(id, started(at - 10), worker('a')))!;
  const steps = Array.from({ length: events - 2 }, (_, i) => step(`f#${i}`, at - 5));
  await store.append([{ claim, seq: 1, events: [...steps, ended(true, at)] }]);
}

/** Lets so much time pass, in pieces, and what is done in it be done. */
async function pass(ms: number, pieces = 1): Promise<void> {
  for (let i = 0; i < pieces; i++) {
    clock.move(ms / pieces);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

const idsIn = async (store: Store): Promise<string[]> =>
  (await store.list({ limit: 10_000 })).map(({ id }) => id);

/** How many rows each transaction of the file deletes meanwhile. */
async function deletions(work: () => Promise<unknown>): Promise<readonly number[]> {
  const transactions: number[] = [];
  let rows = 0;
  const { run } = StatementSync.prototype;
  const spy = vi.spyOn(StatementSync.prototype, 'run').mockImplementation(function (
    this: StatementSync,
    ...values
  ) {
    const result = Reflect.apply(run, this, values) as ReturnType<typeof run>;
    if (/^delete/.test(this.sourceSQL)) rows += Number(result.changes);
    if (/^commit/.test(this.sourceSQL)) {
      if (rows > 0) transactions.push(rows);
      rows = 0;
    }
    return result;
  });
  await work();
  spy.mockRestore();
  return transactions;
}

describe.each([
  ['memory', () => memoryStore()],
  ['a file', () => fileStore(path)],
] as const)('retention on %s', (_name, open) => {
  it('removes what ended so long ago, from the first second on and whenever a run comes to that age', async () => {
    const store = open();
    await add(store, 'old', NOW - 31 * DAY);
    await add(store, 'young', NOW - 29 * DAY);
    await store.create('open', started(NOW - 90 * DAY), worker('a'));
    const blocked = (await store.create('blocked', started(NOW - 90 * DAY), worker('a')))!;
    await store.block(blocked, 'because');
    runtimeOn(store);
    await pass(999);
    expect(await idsIn(store)).toEqual(['old', 'young', 'open', 'blocked']);
    await pass(1);
    expect(await idsIn(store)).toEqual(['young', 'open', 'blocked']);
    await pass(DAY - 60 * 60 * 1_000, 23);
    expect(await idsIn(store)).toEqual(['young', 'open', 'blocked']);
    await pass(2 * 60 * 60 * 1_000, 2);
    expect(await idsIn(store)).toEqual(['open', 'blocked']);
  });

  it('leaves a run that another one may still ask for', async () => {
    const store = open();
    const parent = (await store.create('parent', started(NOW - 40 * DAY), worker('a')))!;
    await add(store, 'child', NOW - 35 * DAY);
    await store.watch('child', 'parent');
    const runtime = runtimeOn(store);
    await pass(1_000);
    expect(await idsIn(store)).toEqual(['parent', 'child']);
    // It may be resumed, and ask then.
    await store.append([{ claim: parent, seq: 1, events: [ended(false, NOW)] }]);
    await pass(60 * 60 * 1_000);
    expect(await idsIn(store)).toEqual(['parent', 'child']);
    expect(await runtime.prune(new Date(NOW + 1))).toBe(2);
    expect(await idsIn(store)).toEqual([]);
  });

  it('does nothing more once the runtime is closed', async () => {
    const store = open();
    await add(store, 'old', NOW - 31 * DAY);
    await runtimeOn(store).close();
    await pass(DAY, 48);
    expect(await idsIn(store)).toEqual(['old']);
  });
});

describe('retention on a file', () => {
  it('removes at most 500 rows in a transaction, with time between two', async () => {
    const store = fileStore(path);
    await store.together(() => {
      for (let i = 0; i < 2_000; i++) void add(store, `r${i}`, NOW - 31 * DAY);
      void add(store, 'large', NOW - 30.5 * DAY, 5_000);
    });
    runtimeOn(store);
    const portions = await deletions(async () => {
      await pass(1_000);
      expect((await idsIn(store)).length).toBeGreaterThan(1_800);
      // No time passes, so no second portion comes.
      await pass(0, 10);
      expect((await idsIn(store)).length).toBeGreaterThan(1_800);
      await pass(60_000, 1_200);
    });
    expect(await idsIn(store)).toEqual([]);
    // 2,000 runs of three events, one of 5,000, and the row of each.
    expect(portions.reduce((sum, rows) => sum + rows, 0)).toBe(2_000 * 4 + 5_001);
    expect(Math.max(...portions)).toBeLessThanOrEqual(501);
  });

  it('of a large run frees the id with the first portion, and another process removes the rest', async () => {
    const store = fileStore(path);
    await add(store, 'large', NOW - 31 * DAY, 5_000);
    const first = runtimeOn(store);
    await pass(1_000);
    expect(await idsIn(store)).toEqual([]);
    expect(await first.get('large')).toBeUndefined();
    expect(await store.load('large')).toBeUndefined();
    await first.close({ store: true });
    const db = new DatabaseSync(path);
    const rows = (): unknown => db.prepare('select count(*) as n from events').get()?.n;
    expect(rows()).toBe(4_500);
    const again = fileStore(path);
    await add(again, 'large', NOW);
    runtimeOn(again);
    await pass(30_000, 600);
    expect(await idsIn(again)).toEqual(['large']);
    expect(rows()).toBe(3);
    expect(db.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    db.close();
  });

  it('goes on after a failure of the store, and warns once', async () => {
    const store = fileStore(path);
    await add(store, 'old', NOW - 31 * DAY);
    const prune = store.prune.bind(store);
    store.prune = () => {
      throw new Error('disk I/O error');
    };
    const warnings: unknown[] = [];
    const spy = vi.spyOn(process, 'emitWarning').mockImplementation((...args) => void warnings.push(args));
    runtimeOn(store);
    await pass(3 * 60 * 60 * 1_000 + 1_000, 6);
    spy.mockRestore();
    expect(warnings).toEqual([
      [
        expect.stringContaining('disk I/O error'),
        { code: 'USE_DURABLE_RETENTION', detail: 'See use-durable/docs/errors.md#use_durable_retention' },
      ],
    ]);
    store.prune = prune;
    await pass(60 * 60 * 1_000);
    expect(await idsIn(store)).toEqual([]);
  });
});

it.each(['soon', -1, Number.NaN, new Date(), null, {}, 'Infinity days', 8.64e15])(
  'retention: %s is refused',
  (retention) => {
    expect(() => createRuntime({ store: memoryStore(), retention: retention as never })).toThrow(MisuseError);
  },
);
