import pLimit from 'p-limit';
import PQueue from 'p-queue';
import { step } from 'use-durable';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const queue = new PQueue({ concurrency: 1 });
  const names: string[] = [];
  await Promise.all(['a', 'b'].map((name) => queue.add(async () => names.push(await job(name)))));
  const limit = pLimit(2);
  const all = await step('all', () => Promise.all(['c', 'd'].map((name) => limit(() => job(name)))));
  return [names, all];
}
