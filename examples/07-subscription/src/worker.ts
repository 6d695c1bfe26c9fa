import { createRuntime, fileStore } from 'use-durable';
import type { Plan } from './billing.js';
import { subscribe } from './subscription.js';

/*
 * A subscription, which is begun or resumed:
 *
 *   node dist/worker.js <store> <customer> <plan> [<length of a day in ms>]
 */
const [store, customer, plan, day] = process.argv.slice(2);
if (store === undefined || customer === undefined || (plan !== 'basic' && plan !== 'pro')) {
  console.error('usage: node dist/worker.js <store> <customer> basic|pro [<length of a day in ms>]');
  process.exit(1);
}

const runtime = createRuntime({ store: fileStore(store) });
runtime.on('run-taken-up', ({ runId, events }) => {
  console.info(`${runId} resumes; ${events} events are recorded`);
});
const args: Parameters<typeof subscribe> = [customer, plan satisfies Plan];
if (day !== undefined) args.push({ day: Number(day) });
const run = await runtime.start(subscribe, args, { id: `subscription of ${customer}` });
const { months, paid, ended } = await run.result();
console.info(`ended ${ended}: ${months} months, ${paid} EUR`);
await runtime.close();
