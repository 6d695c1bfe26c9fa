import { createRuntime, fileStore } from 'use-durable';
import type { Change } from './subscription.js';

/*
 * A wish of a customer, from any process that has the store:
 *
 *   node dist/change.js <store> <customer> basic|pro|cancel
 */
const [store, customer, wish] = process.argv.slice(2);
if (store === undefined || (wish !== 'basic' && wish !== 'pro' && wish !== 'cancel')) {
  console.error('usage: node dist/change.js <store> <customer> basic|pro|cancel');
  process.exit(1);
}

const runtime = createRuntime({ store: fileStore(store) });
const run = await runtime.get(`subscription of ${customer}`);
if (run === undefined) {
  console.error(`${customer} has no subscription in ${store}.`);
  process.exit(1);
}
const change: Change = wish === 'cancel' ? { type: 'cancel' } : { type: 'plan', plan: wish };
await run.signal('change', change);
await runtime.close();
