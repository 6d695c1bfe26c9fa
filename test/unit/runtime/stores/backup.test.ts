/** Copies of a store's file, and going back to one. The code of docs/backups.md is what does it here. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRuntime,
  fileStore,
  MisuseError,
  memoryStore,
  type Runtime,
  RuntimeClosedError,
  type Store,
  StoreError,
  waitFor,
} from '../../../../runtime/index.ts';
import { filesOf } from '../../../docs/pages.ts';
import { durable } from '../../../support/compiled.ts';
import { started, worker } from './events.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
let folder: string;
let path: string;
const open: { runtime: Runtime; store: Store }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'use-durable-backup-'));
  path = join(folder, 'runs.db');
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(file = path): { runtime: Runtime; store: Store } {
  const store = fileStore(file);
  const runtime = createRuntime({ store });
  open.push({ runtime, store });
  return { runtime, store };
}

async function stop(): Promise<void> {
  for (const { runtime, store } of open.splice(0)) {
    await runtime.close({ timeoutMs: 0 });
    await store.close();
  }
}

let calls: string[] = [];
const call = (name: string): string => {
  calls.push(name);
  return name;
};
const work = durable(
  async ($) => [
    await $.call('call', call)('first'),
    await $.call('waitFor', waitFor)('go'),
    await $.call('call#2', call)('second'),
    await $.call('waitFor#2', waitFor)('end'),
  ],
  { id: 'backed-up' },
);

/** What a page shows, as modules that can be loaded. */
async function loadPage<Module>(name: string): Promise<Module> {
  for (const [file, text] of Object.entries(filesOf('docs/backups.md'))) {
    const url = pathToFileURL(join(root, 'runtime/index.ts')).href;
    writeFileSync(join(folder, file), text.replaceAll("'use-durable'", JSON.stringify(url)));
  }
  return (await import(pathToFileURL(join(folder, name)).href)) as Module;
}

interface Backup {
  backUp(file: string, folder: string): Promise<string>;
}
interface Restore {
  restore(copy: string, file: string): void;
}

const eventsOf = async (store: Store, id: string): Promise<number> =>
  (await store.load(id))?.events.length ?? 0;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a copy', () => {
  it('is what runs go on from: what was done since is done again, and nobody has to wait for a lease', async () => {
    const { backUp } = await loadPage<Backup>('backup.ts');
    const { restore } = await loadPage<Restore>('restore.ts');
    calls = [];
    const { runtime, store } = start();
    const handle = await runtime.start(work, [], { id: 'r' });
    while ((await eventsOf(store, 'r')) < 2) await turn();
    const copy = await backUp(path, join(folder, 'copies'));
    await handle.signal('go', 1);
    while (calls.length < 2) await turn();
    await runtime.start(work, [], { id: 'later' });
    await stop();

    restore(copy, path);
    expect(readdirSync(folder).filter((name) => name.startsWith('runs.db.before'))).toContain(
      'runs.db.before',
    );
    const again = start();
    const [resumed] = await again.runtime.recover();
    expect(resumed?.id).toBe('r');
    expect(await again.runtime.get('later')).toBeUndefined();
    await resumed!.signal('go', 2);
    await resumed!.signal('end', 3);
    expect(await resumed!.result()).toEqual(['first', 2, 'second', 3]);
    expect(calls.filter((name) => name === 'first').length).toBeLessThanOrEqual(2);
    expect(calls.filter((name) => name === 'second')).toHaveLength(2);
  });

  it('is whole and its user alone can read it', async () => {
    const { runtime, store } = start();
    for (let n = 0; n < 20; n++) await runtime.start(work, [], { id: `r${n}` });
    const before = process.umask(0);
    try {
      await store.backup(join(folder, 'new', 'copy.db'));
    } finally {
      process.umask(before);
    }
    expect(readdirSync(join(folder, 'new'))).toEqual(['copy.db']);
    const copy = join(folder, 'new', 'copy.db');
    if (process.platform !== 'win32') expect((statSync(copy).mode & 0o777).toString(8)).toBe('600');
    const db = new DatabaseSync(copy, { readOnly: true });
    expect(db.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(db.prepare('select count(*) as n from runs where owner is not null').get()).toEqual({ n: 0 });
    expect(db.prepare('select count(*) as n from workers').get()).toEqual({ n: 0 });
    db.close();
    const other = fileStore(copy);
    expect(await other.list()).toHaveLength(20);
    await other.close();
    // Those of the original are held as before.
    expect(await store.claim(worker('b'))).toEqual([]);
  });

  it('is of one moment, while another process writes', { timeout: 60_000 }, async () => {
    const { store } = start();
    const script = fileURLToPath(new URL('writer.ts', import.meta.url));
    const child = spawn(process.execPath, [script, path, 'p', '100', String(Date.now())], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    for (const id of ['one', 'two', 'three']) {
      await store.create(id, started(), worker('x'));
    }
    await store.release('x');
    const ended = once(child, 'exit');
    const sizes: number[] = [];
    for (let n = 0; n < 5; n++) {
      const copy = join(folder, `copy-${n}.db`);
      await store.backup(copy);
      const other = fileStore(copy);
      let events = 0;
      // A journal with a gap, or an end before it, would be refused.
      for (const { id } of await other.list()) events += (await other.load(id))!.events.length;
      sizes.push(events);
      await other.close();
    }
    expect(await ended).toEqual([0, null]);
    expect([...sizes].sort((a, b) => a - b)).toEqual(sizes);
  });

  it('overwrites nothing, and leaves nothing behind where it fails', async () => {
    const { store } = start();
    writeFileSync(join(folder, 'mine'), 'precious');
    await expect(store.backup(join(folder, 'mine'))).rejects.toThrow(MisuseError);
    await expect(store.backup(path)).rejects.toThrow(MisuseError);
    await expect(store.backup('')).rejects.toThrow(MisuseError);
    expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe('precious');
    await expect(store.backup(join(folder, 'mine', 'copy.db'))).rejects.toThrow(StoreError);
    if (process.getuid?.() !== 0 && process.platform !== 'win32') {
      chmodSync(folder, 0o500);
      await expect(store.backup(join(folder, 'copy.db'))).rejects.toThrow(StoreError);
      chmodSync(folder, 0o700);
    }
    const both = await Promise.allSettled([store.backup(join(folder, 'x')), store.backup(join(folder, 'x'))]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual([]);
  });

  it('of a damaged file is refused by name', async () => {
    const { runtime, store } = start();
    for (let n = 0; n < 50; n++) await runtime.start(work, [], { id: `r${n}` });
    await stop();
    void store;
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096, 8 * 4096);
    writeFileSync(path, bytes);
    let opened: Store;
    try {
      opened = fileStore(path);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
      return;
    }
    await expect(opened.backup(join(folder, 'copy.db'))).rejects.toThrow(/can't be copied.*malformed/);
    expect(readdirSync(folder).some((name) => name.startsWith('copy'))).toBe(false);
    await opened.close();
  });

  it('is not to be had of memory, or of a store that is closed', async () => {
    await expect(memoryStore().backup(path)).rejects.toThrow(/no file.*fileStore/);
    const store = fileStore(path);
    await store.close();
    await expect(store.backup(join(folder, 'copy.db'))).rejects.toThrow(RuntimeClosedError);
  });
});
