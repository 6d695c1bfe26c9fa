import { basename } from 'node:path';
import { createRuntime, fileStore } from 'use-durable';
import { importCustomers } from './import.js';

/*
 * Imports a file, or resumes its import:
 *
 *   node dist/worker.js <store> <csv file> <csv file for rejected rows>
 */
const [store, file, rejectedFile] = process.argv.slice(2);
if (store === undefined || file === undefined || rejectedFile === undefined) {
  console.error('usage: node dist/worker.js <store> <csv file> <csv file for rejected rows>');
  process.exit(1);
}

const runtime = createRuntime({ store: fileStore(store) });
runtime.on('run-taken-up', ({ runId, events }) => {
  console.info(`the import of ${runId} resumes; ${events} events are recorded`);
});
const run = await runtime.start(importCustomers, [file, rejectedFile], { id: basename(file) });
const { rows, saved, rejected } = await run.result();
console.info(`${saved} of ${rows} rows are saved, ${rejected.length} are in ${basename(rejectedFile)}`);
await runtime.close();
