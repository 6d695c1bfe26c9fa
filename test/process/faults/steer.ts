/**
 * Does one thing with a run, in a process of its own. Arguments: path of the store, what is to be done in JSON, files of programs. It
 * kills itself behind its nth call that may write to the store; and exits with 0 when the run has come to the step that is named.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createRuntime, fileStore, type Store } from '../../../runtime/index.ts';

export interface Steered {
  readonly action: 'accept' | 'fork' | 'rerun';
  readonly run: string;
  /** Of `accept`: the code version. */
  readonly version?: string;
  /** Of the others: the step, and the id of the new run. */
  readonly from?: string;
  readonly to?: string;
  /** The step that is awaited. */
  readonly until: string;
  readonly dieAt: number;
}

const [path = '', json = '{}', ...programs] = process.argv.slice(2);
const { action, run, version = '', from = '', to = '', until, dieAt } = JSON.parse(json) as Steered;
for (const file of programs) await import(pathToFileURL(file).href);
const file = fileStore(path);
const runtime = createRuntime({ store: mortal(file, dieAt) });
if (action === 'accept') await runtime.resume(run, { accept: version });
else await runtime[action](run, { from, id: to });
const isThere = async (): Promise<boolean> =>
  (await file.load(action === 'accept' ? run : to))?.events.some(
    (event) => event.type === 'step' && event.key === until,
  ) === true;
while (!(await isThere())) await delay(5);
process.exit(0);

function mortal(target: Store, limit: number): Store {
  let calls = 0;
  const writes = ['act', 'append', 'block', 'claim', 'create', 'park', 'renew', 'reopen', 'swap', 'together'];
  return new Proxy(target, {
    get(_, property) {
      const method: unknown = Reflect.get(target, property);
      if (typeof method !== 'function') return method;
      if (!writes.includes(String(property))) return method.bind(target);
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(method, target, args);
        if (++calls >= limit) process.kill(process.pid, 'SIGKILL');
        return result;
      };
    },
  });
}
