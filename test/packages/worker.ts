/**
 * A process that drives the run of one program until it has written one event, and is killed by SIGKILL then. Arguments: the path of
 * the store, the compiled program. The first process starts the run. One that finds the run at its end says so by its exit code, 0.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createRuntime, fileStore, type Store } from '../../runtime/index.ts';
import type { Program } from './programs.ts';

const [path = '', file = ''] = process.argv.slice(2);

// As in the tests, `use-durable` is the source of this repository.
registerHooks({
  resolve: (name, context, next) => {
    const [, entry] = /^use-durable(?:\/(\w+))?$/.exec(name) ?? [];
    if (!name.startsWith('use-durable')) return next(name, context);
    const url = new URL(`../../runtime/${entry ?? 'index'}.ts`, import.meta.url).href;
    return { url, shortCircuit: true };
  },
});

const program = (await import(pathToFileURL(file).href)) as Program;
await program.open?.();
const store = fileStore(path);
const runtime = createRuntime({ store: mortal(store) });
const known = await runtime.get('run');
if (known === undefined) await runtime.start(program.main, [], { id: 'run' });
else await runtime.recover();
const run = await runtime.get('run');
await run?.result().catch(() => {});
await runtime.close();
await store.close();
await program.close();

/** Dies in the transaction behind which the next event is recorded, in the middle of a batch if need be. */
function mortal(target: Store): Store {
  const append: Store['append'] = (batch) => {
    let left = 1;
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
