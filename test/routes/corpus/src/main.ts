/**
 * `begin FILE` starts each function once on the store in that file; `resume FILE` resumes them. Both print the results. `place FILE`
 * prints where a function failed.
 */
import { createRuntime, fileStore, type Handle } from 'use-durable';
import greet, { Newsletter, reports } from './forms.ts';
import { pay, placeOrder, refuse } from './order.ts';
import { farewell } from './plain.js';

const [command = '', file = ''] = process.argv.slice(2);
const runtime = createRuntime({ store: fileStore(file) });

async function begin(): Promise<readonly Handle[]> {
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
async function printPlace(): Promise<void> {
  const run = await runtime.start(refuse, ['ink'], { id: 'refuse' });
  const error: unknown = await run.result().catch((thrown: unknown) => thrown);
  console.log(/\bsrc\/order\.ts:\d+:\d+/.exec(String((error as Error).stack))?.[0] ?? (error as Error).stack);
}

if (command === 'place') {
  await printPlace();
  await runtime.close({ store: true });
  process.exit();
}
const runs = command === 'begin' ? await begin() : await runtime.recover();
for (const run of runs) console.log(run.id, JSON.stringify(await run.result()));
await runtime.close({ store: true });
