/**
 * Loaded before a program (`node --import`): the process kills itself with SIGKILL when it has written DIE_AFTER events to
 * journals, in the middle of a batch if need be. The first event of a run, which comes with the run, isn't counted.
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore, type Store } from 'use-durable';

const path = join(tmpdir(), `die-after-${process.pid}.db`);
const any = fileStore(path);
const stores: Store = Object.getPrototypeOf(any);
await any.close();
for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });

let left = Number(process.env.DIE_AFTER);
const { append } = stores;
stores.append = function (batch) {
  const written = batch.map((one) => {
    const events = one.events.slice(0, left);
    left -= events.length;
    return { ...one, events };
  });
  const refused = append.call(this, written);
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
  return refused;
};
