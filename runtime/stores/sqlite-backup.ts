/** Copies of the file of a store, made while it is worked on. */

import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MisuseError, StoreError } from '../base/errors.ts';
import {
  backupFailed,
  backupPathTaken,
  backupThreadEnded,
  backupWithoutPath,
} from '../base/messages/stores.ts';
import { OWN_FILE, OWN_FOLDER } from './schema.ts';

/**
 * Runs in a thread of its own, since the time depends on the size of the file. The copy is of one moment; others read and write
 * meanwhile. In the copy no worker holds a run.
 */
const COPY = `
const { parentPort, workerData } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const within = (path, work) => {
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    work(db);
  } finally {
    db.close();
  }
};
try {
  within(workerData.from, (db) => db.prepare('vacuum into ?').run(workerData.to));
  within(workerData.to, (db) => db.exec(\`begin;
    update runs set owner = null, wake_at = 0 where owner is not null;
    delete from workers;
    commit\`));
  parentPort.postMessage({});
} catch (error) {
  parentPort.postMessage({ failure: error.message });
}`;

/**
 * @param from of a store that is open
 * @throws MisuseError if there is something at `to`, or it is no path
 * @throws StoreError if one of them can't be read or written; there is nothing at `to` then
 */
export async function copyFile(from: string, to: string): Promise<void> {
  if (typeof to !== 'string' || to === '') throw new MisuseError(backupWithoutPath());
  const path = resolve(to);
  assertFree(path, to);
  const part = `${path}.${randomUUID()}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: OWN_FOLDER });
    closeSync(openSync(part, 'wx', OWN_FILE));
    try {
      await inThread({ from: resolve(from), to: part });
      sync(part);
      give(part, path, to);
      sync(dirname(path));
    } finally {
      rmSync(part, { force: true });
      rmSync(`${part}-journal`, { force: true });
    }
  } catch (cause) {
    if (cause instanceof MisuseError) throw cause;
    throw new StoreError(backupFailed(from, to, (cause as Error).message), {
      cause,
    });
  }
}

/** Whatever is seen at the path is a whole copy, and nothing that came there meanwhile is overwritten. */
function give(part: string, path: string, to: string): void {
  try {
    linkSync(part, path);
  } catch (error) {
    assertFree(path, to);
    const { code = '' } = error as NodeJS.ErrnoException;
    // Some file systems know no links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    renameSync(part, path);
  }
}

function assertFree(path: string, to: string): void {
  if (!existsSync(path)) return;
  throw new MisuseError(backupPathTaken(to));
}

function sync(path: string): void {
  // A folder can't be opened everywhere, and then needs no such thing.
  if (process.platform === 'win32') return;
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function inThread(paths: { readonly from: string; readonly to: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(COPY, { eval: true, workerData: paths, execArgv: [] });
    thread.once('message', ({ failure }: { readonly failure?: string }) => {
      if (failure === undefined) resolve();
      else reject(new Error(failure));
    });
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(backupThreadEnded(code))));
  });
}
