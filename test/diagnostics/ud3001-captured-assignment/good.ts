import { step } from 'use-durable';
import { db, job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  let total = 0;
  total += await step('count', async () => {
    let inside = 0;
    inside += 1;
    const object = { n: 0 };
    object.n = inside;
    await job('a');
    return object.n;
  });
  total = await db.transaction(async (tx) => {
    let count = total;
    count++;
    await tx.insert(count);
    return count;
  });
  await Promise.all(
    ['b'].map(async (name) => {
      total += (await job(name)).length;
    }),
  );
  return total;
}
