import { EventEmitter, once } from 'node:events';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { exec as execCallback } from 'node:child_process';
import { step } from 'use-durable';
import pino, { type Logger } from 'pino-like';

const exec = promisify(execCallback);
const log: Logger = pino();
const bus = new EventEmitter<{ progress: [number]; done: [] }>();
const listeners = new Set<(percent: number) => void>();
bus.on('progress', (percent) => {
  for (const listener of listeners) listener(percent);
});
export function onProgress(listener: (percent: number) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

interface Job {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}
type Outcome = { readonly code: number | null; readonly lines: string[]; readonly took: bigint };

export const jobs = {
  async run(this: void, list: Job[]): Promise<Outcome[]> {
    'use durable';
    log.info({ jobs: list.length }, 'start');
    const outcomes: Outcome[] = [];
    for (const [index, job] of list.entries()) {
      const outcome = await runJob(job);
      outcomes.push(outcome);
      bus.emit('progress', (100 * (index + 1)) / list.length);
      if (outcome.code !== 0) log.warn({ index, code: outcome.code }, 'failed');
      await delay(100);
    }
    const ready = await step('wait for the bus', async () => {
      const emitter = new EventEmitter();
      let count = 0;
      emitter.on('tick', () => {
        count += 1;
      });
      const ticked = once(emitter, 'done');
      emitter.emit('tick');
      emitter.emit('done');
      await ticked;
      return count;
    });
    const { stdout } = await exec('date');
    const answer = await new Promise<string>((resolve, reject) => {
      execCallback('true', (error, out) => (error ? reject(error) : resolve(out)));
    });
    const [first = undefined, ...others] = outcomes;
    return ready > 0 && first && stdout.length + answer.length > 0 ? [first, ...others] : outcomes;
  },
};

async function runJob({ command, args = [], env, timeoutMs }: Job): Promise<Outcome> {
  const started = process.hrtime.bigint();
  const child = spawn(command, [...args], { env: { ...process.env, ...env }, timeout: timeoutMs });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines, took: process.hrtime.bigint() - started };
}
