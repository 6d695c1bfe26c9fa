/** Renews the lease of a worker while its event loop is blocked, from a thread of its own. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Claimant } from './claims.ts';
import type { Heartbeat } from './store.ts';

/** A lease is renewed for at most this many times its length without a sign of the worker itself. */
const PATIENCE = 4;
/** How long to wait for the thread to end, in ms; it may be waiting for the file. */
const STOP_MS = 2_000;

/**
 * The thread. As long as the worker renews its lease by itself, this one sleeps, and has no connection to the file. It is a
 * text, and uses what Node brings along and nothing else, so that no file must be found beside a bundle.
 */
const SOURCE = `
const { cells, path, files, worker, ms, patience } = process.getBuiltinModule('node:worker_threads').workerData;
const { statSync } = process.getBuiltinModule('node:fs');
const [STOPPED, RENEWALS, BEATS] = [0, 1, 2];
let seen = -1;
let seenAt = 0;
let db;
function close() {
  db?.close();
  db = undefined;
}
const isThere = (file) => statSync(file.path, { throwIfNoEntry: false })?.ino === file.inode;
function renew() {
  // To open what is gone, or another file in its place, would create what the worker doesn't know of.
  if (!files.every(isThere)) return close();
  db ??= new (process.getBuiltinModule('node:sqlite').DatabaseSync)(path);
  db.exec('pragma busy_timeout = 1000');
  db.prepare('update workers set lease_until = ? where worker = ?').run(Date.now() + ms, worker);
}
while (Atomics.load(cells, STOPPED) === 0) {
  const renewals = Atomics.load(cells, RENEWALS);
  const now = performance.now();
  try {
    if (renewals !== seen) {
      seen = renewals;
      seenAt = now;
      Atomics.store(cells, BEATS, 0);
      close();
    } else if (now - seenAt < patience) renew();
    else close();
  } catch {}
  Atomics.add(cells, BEATS, 1);
  Atomics.wait(cells, STOPPED, 0, ms / 3);
}
try {
  close();
} catch {}
`;

/**
 * Begins at once, and doesn't need the event loop for that. Undefined if no thread can be had. The store is open, and a
 * worker is known to it.
 *
 * @param ms how long a lease holds; the worker renews it three times in that time, or this does
 */
export function startHeartbeat(store: string, { worker }: Claimant, ms: number): Heartbeat | undefined {
  const cells = new Int32Array(new SharedArrayBuffer(12));
  const path = resolve(store);
  // Both are there as long as the store is open.
  const files = [path, `${path}-wal`].map((each) => ({
    path: each,
    inode: statSync(each, { throwIfNoEntry: false })?.ino,
  }));
  let thread: Worker;
  try {
    thread = new Worker(SOURCE, {
      eval: true,
      name: 'use-durable heartbeat',
      // Nothing that the program is started with is meant for it.
      execArgv: ['--no-warnings'],
      env: {},
      workerData: { cells, path, files, worker, ms, patience: PATIENCE * ms },
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    });
  } catch {
    return undefined;
  }
  thread.unref();
  // Without it the worker renews its lease as long as it isn't blocked.
  thread.on('error', () => {});
  const exited = new Promise<void>((done) => thread.once('exit', () => done()));
  return {
    renewed: () => void Atomics.add(cells, 1, 1),
    // If the whole process stood still, so did the thread: then there are fewer.
    get hasGivenUp() {
      return Atomics.load(cells, 2) >= 3 * PATIENCE;
    },
    stop: async () => {
      Atomics.store(cells, 0, 1);
      Atomics.notify(cells, 0);
      thread.ref();
      const late = setTimeout(() => void thread.terminate(), STOP_MS);
      await exited;
      clearTimeout(late);
    },
  };
}
