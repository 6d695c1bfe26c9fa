/**
 * Runs durable functions in a process of their own, once to the end and once more after each event of the journal; gives
 * what is the same in every format that a program may be compiled to. Plain JavaScript, which every project can load.
 */
import { createRuntime, memoryStore, stepsOf } from 'use-durable';

const settled = async (promise) => {
  const [{ status, value, reason }] = await Promise.allSettled([promise]);
  return status === 'fulfilled' ? value : `${reason.name}: ${reason.message}`;
};

async function runEverywhere(fn, args, options) {
  const store = memoryStore();
  const runtime = createRuntime({ store });
  const run = await runtime.start(fn, args, { id: 'run', ...options });
  const result = await settled(run.result());
  await runtime.close();
  const { events } = store.load('run');
  for (let count = 1; count < events.length; count++) {
    const other = memoryStore();
    const claim = other.create('run', events[0], { worker: 'dead', pid: 0, host: '', leaseUntil: 0 });
    if (count > 1) other.append([{ claim, seq: 1, events: events.slice(1, count) }]);
    other.release('dead');
    const second = createRuntime({ store: other });
    const [handle] = await second.recover();
    const again = await settled(handle.result());
    await second.close();
    if (JSON.stringify(again) !== JSON.stringify(result)) {
      throw new Error(`behind event ${count}: ${JSON.stringify(again)}, not ${JSON.stringify(result)}`);
    }
  }
  return result;
}

/** Prints one line of JSON for each function: what it gives, its name and length, and its table. */
export async function runEverything(calls) {
  for (const [fn, args, options] of calls) {
    const result = await runEverywhere(fn, args, options);
    const table = stepsOf(fn).map(({ id, kind, line, column }) => `${id} ${kind} ${line}:${column}`);
    console.log(JSON.stringify({ name: fn.name, length: fn.length, result, table }));
  }
}
