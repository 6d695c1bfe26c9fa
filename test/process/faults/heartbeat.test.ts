import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { itInFull } from '../../support/tier.ts';
import { childFile, programFile } from './compile.ts';
import { Field } from './field.ts';

let field: Field;
afterEach(() => field.close());

/** A script that starts a run in the store of the field. */
function script(name: string, fn: string, args: string, behind: string): string {
  const file = join(field.folder, name);
  const program = JSON.stringify(pathToFileURL(programFile('children', 'busy')).href);
  const runtime = JSON.stringify(pathToFileURL(childFile('runtime')).href);
  writeFileSync(
    file,
    `import { createRuntime, fileStore } from ${runtime};
    import * as program from ${program};
    const runtime = createRuntime({ store: fileStore(${JSON.stringify(field.path)}), leaseMs: 300 });
    const run = await runtime.start(program.${fn}, ${args}, { id: 'r' });
    ${behind}`,
  );
  return file;
}

/** Until when the only worker has its lease. */
function leaseUntil(): number {
  const db = new DatabaseSync(field.path);
  const row = db.prepare('select lease_until from workers').get();
  db.close();
  return Number(row?.lease_until ?? 0);
}

describe('a lease', { timeout: 120_000 }, () => {
  itInFull('is kept while the event loop is blocked for longer than that', async () => {
    field = new Field('busy', 10);
    await field.add('blocks', 'blocks', [6_000]);
    const blocked = (await field.worker({ leaseMs: 2_000 }))!;
    while (!field.effects().some(({ key }) => key === 'busy')) await delay(5);
    const other = (await field.worker({ leaseMs: 2_000 }))!;
    await field.ended();
    expect(field.effectsOf(other)).toBe(0);
    expect(field.effectsOf(blocked)).toBe(3);
    await field.check();
  });

  it('ends with the worker thread that has it, though that is blocked and its process lives on', async () => {
    field = new Field('busy');
    const file = script('thread.mjs', 'blocks', '[600_000]', '');
    const env = { ...process.env, USE_DURABLE_TEST_EFFECTS: join(field.folder, 'effects') };
    const thread = new Worker(file, { env });
    while (!field.effects().some(({ key }) => key === 'busy')) await delay(5);
    // Only the heartbeat can have done that, and it does so for four times the length of the lease.
    const first = leaseUntil();
    while (leaseUntil() <= first + 100) await delay(20);
    await thread.terminate();
    const last = leaseUntil();
    await delay(500);
    expect(leaseUntil()).toBe(last);
    await field.store.claim({ worker: 'x', pid: 0, host: 'h', leaseUntil: 0 });
  });

  it('keeps no process alive, closed or not, and leaves no files behind', async () => {
    field = new Field('busy');
    for (const behind of [
      'await run.result();',
      'await run.result(); await runtime.close({ store: true });',
    ]) {
      const { status, stderr } = spawnSync(process.execPath, [script('alive.mjs', 'counts', '[1]', behind)], {
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
  });

  it('is renewed by the worker itself where no thread can be had', async () => {
    field = new Field('busy');
    const file = script(
      'alone.mjs',
      'counts',
      '[1]',
      'await run.result(); await runtime.close({ store: true });',
    );
    const flags = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*'];
    const { status, stderr } = spawnSync(process.execPath, [...flags, file], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

it('a heartbeat renews the lease of a worker that is not heard of, until it is stopped', async () => {
  field = new Field('busy');
  const { startHeartbeat } = await import('../../../runtime/stores/heartbeat.ts');
  await field.store.create(
    'r',
    { type: 'run-started', version: 1, fn: 'f', input: '1j[]', seed: 's', at: 1 },
    { worker: 'w', pid: process.pid, host: 'h', leaseUntil: 1 },
  );
  const heartbeat = startHeartbeat(
    field.path,
    { worker: 'w', pid: process.pid, host: 'h', leaseUntil: 1 },
    100,
  )!;
  while (leaseUntil() === 1) await delay(5);
  // A new one would hide from the worker that its own is gone.
  renameSync(`${field.path}-wal`, `${field.path}-gone`);
  await delay(200);
  expect(existsSync(`${field.path}-wal`)).toBe(false);
  renameSync(`${field.path}-gone`, `${field.path}-wal`);
  await heartbeat.stop();
  const last = leaseUntil();
  await delay(200);
  expect(leaseUntil()).toBe(last);
});
