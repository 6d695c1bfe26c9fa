/**
 * A worker in a process of its own. Arguments: path of the store, options in JSON, files of programs. It drives what is
 * free until it is killed, or told `close`, and says `ready` when it has begun.
 */
import { pathToFileURL } from 'node:url';
import { createRuntime, fileStore, type RuntimeOptions, type Store } from '../../runtime/index.ts';

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
