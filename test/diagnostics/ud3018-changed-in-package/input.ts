import Bluebird from 'bluebird';
import pLimit from 'p-limit';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { job } from './steps.ts';

const shared = pLimit(2);

export async function main(): Promise<unknown> {
  'use durable';
  let attempts = 0;
  const names: string[] = [];
  const first = await pRetry(() => {
    attempts += 1;
    return job('a');
  });
  await shared(async () => names.push(await job('b')));
  const paced = new PQueue({ interval: 1000, intervalCap: 2 });
  await paced.add(async () => names.push(await job('c')));
  await Bluebird.map(['d'], async (name) => {
    names.push(await job(name));
  });
  return [first, attempts, names];
}
