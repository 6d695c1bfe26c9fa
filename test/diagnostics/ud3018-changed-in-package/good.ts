import pLimit from 'p-limit';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { sleep, withPolicy } from 'use-durable';
import { job } from './steps.ts';

const shared = pLimit(2);
const patient = withPolicy(job, { retry: { attempts: 5, delay: 1000 } });

export async function main(): Promise<unknown> {
  'use durable';
  const names: string[] = [];
  const first = await pRetry(() => job('a'));
  names.push(await patient('b'), await shared(() => job('c')));
  const limit = pLimit(2);
  await limit(async () => names.push(await job('d')));
  const queue = new PQueue({ concurrency: 2 });
  await queue.add(async () => {
    names.push(await job('e'));
    await sleep('1s');
  });
  return [first, names];
}
