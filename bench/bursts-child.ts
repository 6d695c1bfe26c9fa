import { createRuntime, fileStore } from 'use-durable';

/** Another worker on the file of a burst: does one run after the other until it is told to stop. */
export interface Neighbour {
  /** How long the run took that took longest, from its start to its end, in ms. */
  readonly longest: number;
  readonly runs: number;
  /** The first error, if a run had one. */
  readonly error?: string;
}

const [file = '', programs = ''] = process.argv.slice(2);
const { sequence } = (await import(programs)) as typeof import('./programs.ts');

let stopped = false;
process.on('message', () => {
  stopped = true;
});

const runtime = createRuntime({ store: fileStore(file) });
let longest = 0;
let runs = 0;
let error: string | undefined;
await (await runtime.start(sequence, [1])).result();
process.send?.('ready');
while (!stopped && error === undefined) {
  const begun = performance.now();
  try {
    await (await runtime.start(sequence, [1])).result();
  } catch (thrown) {
    error = String(thrown);
  }
  longest = Math.max(longest, performance.now() - begun);
  runs++;
  // What it is told comes between two rounds of the event loop.
  await new Promise((resolve) => setTimeout(resolve, 1));
}
await runtime.close({ store: true });
process.send?.({ longest, runs, ...(error !== undefined && { error }) } satisfies Neighbour);
process.disconnect?.();
