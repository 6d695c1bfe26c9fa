/**
 * `begin FILE` starts each function once on the store in that file; `resume FILE...` resumes them, store by store. Both print the
 * results. `place FILE` prints where a function failed.
 *
 * With `COPIES`, a process loads two builds of this program. The second one runs its functions on the runtime of the first, which is
 * that of another copy of use-durable.
 */
import { createRuntime, fileStore, type Handle, type Runtime } from 'use-durable';
import greet, { Newsletter, reports } from './forms.ts';
import { pay, placeOrder, refuse } from './order.ts';
import { farewell } from './plain.js';

const own = { createRuntime, fileStore };
const shared = globalThis as { copy?: typeof own };

const [command = '', ...files] = process.argv.slice(2);

async function begin(runtime: Runtime): Promise<readonly Handle[]> {
  return [
    await runtime.start(placeOrder, [['book', 'lamp', 'pen']], { id: 'order' }),
    await runtime.start(pay, [3], { id: 'pay' }),
    await runtime.start(reports.monthly, [3], { id: 'report' }),
    await runtime.start(Newsletter.publish, ['ann', 'ben'], { id: 'newsletter' }),
    await runtime.start(greet, [], { id: 'greet' }),
    await runtime.start(farewell, ['cid'], { id: 'farewell' }),
  ];
}

/** The place in the source of the `throw` in the body of a durable function. */
async function printPlace(runtime: Runtime): Promise<void> {
  const run = await runtime.start(refuse, ['ink'], { id: 'refuse' });
  const error: unknown = await run.result().catch((thrown: unknown) => thrown);
  console.log(/\bsrc\/order\.ts:\d+:\d+/.exec(String((error as Error).stack))?.[0] ?? (error as Error).stack);
}

async function main({ createRuntime, fileStore }: typeof own): Promise<void> {
  for (const file of files) {
    const runtime = createRuntime({ store: fileStore(file) });
    if (command === 'place') await printPlace(runtime);
    else {
      const runs = command === 'begin' ? await begin(runtime) : await runtime.recover();
      for (const run of runs) console.log(run.id, JSON.stringify(await run.result()));
    }
    await runtime.close({ store: true });
  }
}

const isFirstOfTwo = process.env.COPIES !== undefined && shared.copy === undefined;
const { copy = own } = shared;
if (isFirstOfTwo) shared.copy = own;
else if (process.env.COPIES !== undefined && copy.createRuntime === createRuntime)
  throw new Error('Both builds have the same copy of use-durable.');
else await main(copy);
