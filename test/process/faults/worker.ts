/**
 * A worker in a process of its own. Arguments: path of the store, options in JSON, files of programs. It drives what is
 * free until it is killed, or told `close`, and says `ready` when it has begun. Told `live`, it says `lived` when it has
 * had time for all that it could do at this moment: several rounds of its timers, and many turns of its event loop. Told `stop`, it stops
 * itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createRuntime, fileStore, type RuntimeOptions, type Store } from '../../../runtime/index.ts';

export interface WorkerOptions extends Omit<RuntimeOptions, 'store'> {
  /** Dies when so many events have been written, in the middle of a batch if need be. */
  readonly dieAfter?: number;
  /** How long `close` waits for steps. */
  readonly closeMs?: number;
}

const [path = '', json = '{}', ...programs] = process.argv.slice(2);
const { dieAfter, closeMs, ...options } = JSON.parse(json) as WorkerOptions;
for (const file of programs) await import(pathToFileURL(file).href);
const store = fileStore(path);
const runtime = createRuntime({
  ...options,
  store: dieAfter === undefined ? store : mortal(store, dieAfter),
});
process.on('message', async (message) => {
  // Between two transactions: nobody else could write as long as one were open.
  if (message === 'stop') process.kill(process.pid, 'SIGSTOP');
  if (message === 'live') {
    for (let round = 0; round < 5; round++) await delay(100);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    process.send?.('lived');
  }
  if (message !== 'close') return;
  await runtime.close(closeMs === undefined ? {} : { timeoutMs: closeMs });
  await store.close();
  process.send?.('closed');
  process.disconnect();
});
for (const handle of await runtime.recover()) handle.result().catch(() => {});
process.send?.('ready');

function mortal(target: Store, limit: number): Store {
  let left = limit;
  const append: Store['append'] = (batch) => {
    const written = batch.map((one) => {
      const events = one.events.slice(0, left);
      left -= events.length;
      return { ...one, events };
    });
    const refused = target.append(written);
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
    return refused;
  };
  return new Proxy(target, {
    get(_, property) {
      const method: unknown = property === 'append' ? append : Reflect.get(target, property);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
}
