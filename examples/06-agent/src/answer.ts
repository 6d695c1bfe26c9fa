import { createRuntime, fileStore } from 'use-durable';

/*
 * A person's answer, from any process that has the store:
 *
 *   node dist/answer.js <store> <run id> <call id> yes|no [<reason>]
 */
const [store, id, call, answer, reason] = process.argv.slice(2);
if (store === undefined || id === undefined || call === undefined || answer === undefined) {
  console.error('usage: node dist/answer.js <store> <run id> <call id> yes|no [<reason>]');
  process.exit(1);
}

const runtime = createRuntime({ store: fileStore(store) });
const run = await runtime.get(id);
if (run === undefined) {
  console.error(`There is no run "${id}" in ${store}.`);
  process.exit(1);
}
await run.signal(`approve ${call}`, { approved: answer === 'yes', reason });
await runtime.close();
