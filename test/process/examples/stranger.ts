import { createRuntime, fileStore } from 'use-durable';

/** A process that recovers a store (its argument) and has loaded no durable function. */
const store = fileStore(process.argv[2] ?? '');
const runtime = createRuntime({ store, onBlocked: () => {} });
for (const run of await runtime.recover()) {
  try {
    await run.result();
  } catch (error) {
    console.error(`${(error as Error).name}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
await runtime.close();
