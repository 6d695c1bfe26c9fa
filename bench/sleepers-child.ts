import { createRuntime, fileStore } from 'use-durable';

/**
 * A worker of its own process on a file of sleeping runs: tells when it is ready, and how late each of those that are
 * due has woken up. It loads nothing but the runtime, since what it takes is measured.
 */
export interface Report {
  /** From the beginning of the process until all that was to be taken up is under way, in ms. */
  readonly startUp: number;
  /** The most memory that was resident, in MB. */
  readonly resident: number;
  /** How late each run woke up, in ms. */
  readonly late: readonly number[];
}

const [file = '', programs = '', due = '0', first = '0', interval = '1'] = process.argv.slice(2);
const { alarm } = (await import(programs)) as typeof import('./programs.ts');

const late: number[] = [];
const allAwake = new Promise<void>((resolve) => {
  alarm.rung = (id) => {
    late.push(Date.now() - (Number(first) + Number(id.slice(id.indexOf('-') + 1)) * Number(interval)));
    if (late.length === Number(due)) resolve();
  };
});

const store = fileStore(file);
const runtime = createRuntime({ store });
await runtime.recover();
const startUp = performance.now();
if (startUp + performance.timeOrigin > Number(first)) throw new Error('The first run was due too early.');
await allAwake;
await runtime.close();
await store.close();
process.send?.({ startUp, resident: process.resourceUsage().maxRSS / 1024, late } satisfies Report);
