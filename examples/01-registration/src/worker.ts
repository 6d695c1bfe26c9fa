import { createRuntime, fileStore } from 'use-durable';
import { type Registration, registerUser } from './register.js';

/*
 * One process that works on one registration:
 *
 *   node dist/worker.js <store> <run id> [<input as JSON>]
 *
 * With an input it starts the run, or goes on with it if it exists already; without, it recovers what the store holds.
 * The last line on stdout is the result as JSON. An error is one line on stderr, and exit code 1.
 */
async function work([path, id, input]: readonly string[]): Promise<unknown> {
  if (path === undefined || id === undefined) {
    throw new Error('usage: node dist/worker.js <store> <run id> [<input as JSON>]');
  }
  // A run that is blocked is told of by its result.
  const runtime = createRuntime({ store: fileStore(path), onBlocked: () => {} });
  try {
    if (input !== undefined) {
      const run = await runtime.start(registerUser, [JSON.parse(input) as Registration], { id });
      return await run.result();
    }
    await runtime.recover();
    const run = await runtime.get(id);
    if (run === undefined) throw new Error(`There is no run "${id}" in ${path}.`);
    return await run.result();
  } finally {
    await runtime.close();
  }
}

try {
  console.info(JSON.stringify(await work(process.argv.slice(2))));
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}
