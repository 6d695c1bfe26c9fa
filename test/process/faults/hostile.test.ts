/** Situations nobody wishes for: files opened by many at once, processes killed at bad moments, clocks, old and new files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createRuntime,
  fileStore,
  memoryStore,
  type Runtime,
  sleep,
  startChild,
} from '../../../runtime/index.ts';
import { durable } from '../../support/compiled.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { itInFull } from '../../support/tier.ts';
import { ended, started, step, worker } from '../../unit/runtime/stores/events.ts';

const SCRIPT = fileURLToPath(new URL('hostile.ts', import.meta.url));

let folder: string;
let path: string;
const children: ChildProcess[] = [];
const runtimes: Runtime[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'use-durable-hostile-'));
  path = join(folder, 'runs.db');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

function run(what: string): ChildProcess {
  const child = spawn(process.execPath, [SCRIPT, path, what], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

itInFull('a new file that many processes open at once', { timeout: 60_000 }, async () => {
  const outputs = Array.from({ length: 6 }, async () => {
    const child = run('open');
    let output = '';
    child.stdout?.on('data', (data) => {
      output += String(data);
    });
    const [code] = await once(child, 'close');
    return { code, output: output.trim() };
  });
  for (const { code, output } of await Promise.all(outputs)) {
    expect({ code, output }).toEqual({ code: 0, output: '["own","same"]' });
  }
  const store = fileStore(path);
  const records = await store.list();
  expect(records).toHaveLength(7);
  for (const { id } of records) {
    const events = (await store.load(id))!.events.map(({ type }) => type);
    expect(events).toEqual(['run-started', 'step', 'run-ended']);
  }
  await store.close();
});

it('a process that is killed in the middle of prune()', { timeout: 60_000 }, async () => {
  const store = fileStore(path);
  const count = 300;
  await store.together(() => {
    for (let n = 0; n < count; n++) {
      const claim = store.create(`run ${n}`, started(), worker('a')) as { runId: string; token: number };
      void store.append([{ claim, seq: 1, events: [step('a'), step('b'), ended()] }]);
    }
  });
  const child = run('prune');
  for (let seen = 0; seen < 20; )
    seen += String((await once(child.stdout!, 'data'))[0]).split('\n').length - 1;
  child.kill('SIGKILL');
  await once(child, 'close');
  const left = await store.list({ limit: count });
  expect(left.length).toBeLessThanOrEqual(count - 20);
  for (const { id } of left) expect((await store.load(id))!.events).toHaveLength(4);
  const db = new DatabaseSync(path);
  const orphans = db
    .prepare('select count(*) as n from events where run not in (select key from runs)')
    .get();
  expect(orphans).toEqual({ n: 0 });
  expect(db.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  db.close();
  expect(await store.prune(Date.now() + 1, 1_000_000)).toMatchObject({ runs: left.length, done: true });
  expect(await store.list()).toEqual([]);
  await store.close();
});

it('runs that wait for one another where only one may be under way', async () => {
  const runtime = createRuntime({ store: memoryStore(), maxRuns: 1, parkAfterMs: Number.POSITIVE_INFINITY });
  runtimes.push(runtime);
  const nested = durable(
    async ($, depth: number): Promise<unknown> => {
      if (depth === 0) return $.call('end', async () => ['end'])();
      const child = (await $.call('startChild', startChild)(nested as never, [depth - 1], {})) as {
        result(): Promise<unknown[]>;
      };
      return [depth, ...((await $.call('result', child.result, child)()) as unknown[])];
    },
    { id: 'nested' },
  ) as (depth: number) => Promise<unknown>;
  expect(await (await runtime.start(nested, [3])).result()).toEqual([3, 2, 1, 'end']);
});

it('a clock that goes back an hour under way, and then ahead', async () => {
  const clock = new ManualClock(Date.now());
  const store = memoryStore();
  const runtime = createRuntime({ store, clock });
  runtimes.push(runtime);
  const back = durable(async ($) => {
    const times: number[] = [];
    for (let n = 0; n < 3; n++) {
      await $.call('back', async () => clock.move(-3_600_000))();
      times.push($.now());
    }
    await $.sleep('sleep', sleep)('1 hour');
    times.push($.now());
    return times;
  });
  const handle = await runtime.start(back, [], { id: 'x' });
  const waits = async (): Promise<boolean> =>
    ((await store.load('x'))?.events ?? []).some(({ type }) => type === 'wait-set');
  while (!(await waits())) await new Promise((resolve) => setImmediate(resolve));
  clock.move(24 * 3_600_000);
  const times = (await handle.result()) as number[];
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const journal = (await store.load('x'))!.events.map(({ at }) => at);
  expect(journal).toEqual([...journal].sort((a, b) => a - b));
});

/** A file as the first version of the store made it, with a run of its first journal version, cut off in the middle. */
function oldFile(version: number): void {
  const db = new DatabaseSync(path);
  db.exec(`
    create table runs (key integer primary key, id text not null unique, fn text not null, status text not null,
      reason text, created_at integer not null, changed_at integer not null, token integer not null, owner text,
      owner_pid integer, owner_host text, owner_process text, lease_until integer);
    create index runs_open on runs (owner) where status in ('running', 'blocked');
    create table events (run integer not null references runs (key), seq integer not null, at integer not null,
      data text not null, primary key (run, seq)) without rowid;
    pragma application_id = ${0x75447572};
    pragma user_version = 1;`);
  const at = 1_700_000_000_000;
  const insert = db.prepare('insert into events (run, seq, at, data) values (?, ?, ?, ?)');
  for (const [index, id] of ['old', 'ended'].entries()) {
    db.prepare(
      `insert into runs (id, fn, status, created_at, changed_at, token, owner, owner_pid, owner_host, lease_until)
        values (?, 'old-function', ?, ?, ?, 1, ?, 1, 'elsewhere', ?)`,
    ).run(id, id === 'old' ? 'running' : 'completed', at, at, id === 'old' ? 'gone' : null, at);
    const input = '1j[2]';
    const events = [
      {
        type: 'run-started',
        version: id === 'old' ? version : 1,
        fn: 'old-function',
        input,
        seed: '5eed',
        at,
      },
      { type: 'step', key: 'add', ok: true, value: '1j42', startedAt: at, attempt: 1, worker: 'gone', at },
      { type: 'run-ended', ok: true, value: '1j43', at },
    ];
    for (const [seq, event] of events.slice(0, id === 'old' ? 2 : 3).entries())
      insert.run(index + 1, seq, at, JSON.stringify(event));
  }
  db.close();
}

const old = durable(
  async ($, n: number) => {
    const sum = (await $.call('add', async () => n + 1)()) as number;
    return [sum, await $.call('again', async () => n + 2)()];
  },
  { id: 'old-function' },
);

it('a file and a run of the first version go on', async () => {
  void old;
  oldFile(1);
  const store = fileStore(path);
  const runtime = createRuntime({ store });
  const [handle] = await runtime.recover();
  expect(await handle!.result()).toEqual([42, 4]);
  expect(await (await runtime.get('ended'))!.result()).toBe(43);
  await runtime.close();
  await store.close();
});

it('a run of a version that is not known yet is blocked by its name, and left as it is', async () => {
  oldFile(99);
  const blocked: string[] = [];
  const store = fileStore(path);
  const runtime = createRuntime({ store, onBlocked: ({ error }) => blocked.push(error.message) });
  const before = (await store.load('old'))!.events;
  await runtime.recover();
  expect(blocked).toEqual([expect.stringMatching(/run "old" has version 99.*Update/)]);
  expect((await store.load('old'))!.events).toEqual(before);
  expect((await store.record('old'))?.status).toBe('blocked');
  await runtime.close();
  await store.close();
});
