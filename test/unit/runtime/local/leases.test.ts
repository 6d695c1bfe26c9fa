/** How long a worker holds its runs by default, and how often it says that it is there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { createRuntime, fileStore, memoryStore, type Store } from '../../../../runtime/index.ts';
import { type RuntimeHooks, systemHooks } from '../../../../runtime/local/time/runtime-hooks.ts';
import { durable } from '../../../support/compiled.ts';

const NOW = 1_750_000_000_000;

/** Starts a run in a system whose clock stands still. */
async function begin(store: Store) {
  const intervals: number[] = [];
  const leases: number[] = [];
  const heartbeats: number[] = [];
  const watched = new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        if (name === 'create') leases.push((args[2] as { leaseUntil: number }).leaseUntil - NOW);
        if (name === 'heartbeat') heartbeats.push(Number(args[1]));
        return Reflect.apply(value, target, args);
      };
    },
  });
  const system: RuntimeHooks['system'] = {
    ...systemHooks.system,
    now: () => NOW,
    setInterval: (callback, ms) => {
      intervals.push(ms);
      return systemHooks.system.setInterval(callback, ms);
    },
  };
  const runtime = createRuntime({ store: watched, hooks: { ...systemHooks, system } });
  const run = await runtime.start(
    durable(async () => 1),
    [],
  );
  await run.result();
  return { runtime, intervals, leases, heartbeats };
}

it('a lease on a file is recorded with 8 s, and renewed and guarded for that time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leases-'));
  const path = join(folder, 'runs.db');
  const { runtime, intervals, leases, heartbeats } = await begin(fileStore(path));
  const db = new DatabaseSync(path);
  const recorded = db.prepare('select lease_until from workers').all();
  db.close();
  await runtime.close({ store: true });
  rmSync(folder, { recursive: true });
  expect(recorded.map(({ lease_until }) => Number(lease_until) - NOW)).toEqual([8_000]);
  expect(leases).toEqual([8_000]);
  expect(heartbeats).toEqual([8_000]);
  expect(intervals).toContain(8_000 / 3);
});

it('a lease in a store without heartbeats holds for 30 s', async () => {
  const { runtime, intervals, leases, heartbeats } = await begin(memoryStore());
  await runtime.close();
  expect(leases).toEqual([30_000]);
  expect(heartbeats).toEqual([]);
  expect(intervals).toContain(10_000);
});
