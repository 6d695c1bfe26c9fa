import PQueue from 'p-queue';
import { step } from 'use-durable';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const queue = new PQueue({ concurrency: 1 });
  const names: string[] = [];
  await Promise.all([
    step('first', () => queue.add(() => job('a'))),
    queue.add(async () => names.push(await job('b'))),
  ]);
  return names;
}
