/**
 * A worker in a process of its own: claims every run that is free, appends one event to it, and lets it go, until it
 * has written `count` events. Arguments: path, name, count, time to start at.
 */
import { hostname } from 'node:os';
import { fileStore } from '../../../../runtime/stores/sqlite.ts';
import { step } from './events.ts';

const [path, name, count, startAt] = process.argv.slice(2) as [string, string, string, string];
while (Date.now() < Number(startAt));
const store = fileStore(path);
const by = { worker: name, pid: process.pid, host: hostname(), leaseUntil: Date.now() + 60_000 };
let left = Number(count);
while (left > 0) {
  for (const claim of await store.claim(by)) {
    const { events } = (await store.load(claim.runId))!;
    const event = { ...step(`${name}-${left}`), worker: name };
    const refused = await store.append([{ claim, seq: events.length, events: [event] }]);
    if (refused.length > 0) throw new Error(`${name} was refused although it holds ${claim.runId}`);
    left -= 1;
  }
  await store.release(name);
  await new Promise((done) => setImmediate(done));
}
await store.close();
