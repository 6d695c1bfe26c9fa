import { createRuntime, fileStore } from 'use-durable';
import { runAgent } from './agent.js';

/*
 * Gives the agent a task, or resumes the run that has this id:
 *
 *   node dist/worker.js <store> <run id> <task>
 */
const [store, id, task] = process.argv.slice(2);
if (store === undefined || id === undefined || task === undefined) {
  console.error('usage: node dist/worker.js <store> <run id> <task>');
  process.exit(1);
}

const runtime = createRuntime({ store: fileStore(store) });
runtime.on('run-taken-up', ({ runId, events }) => {
  console.info(`${runId} resumes; ${events} events are recorded`);
});
const run = await runtime.start(runAgent, [task], { id });
console.info(`the agent: ${await run.result()}`);
await runtime.close();
