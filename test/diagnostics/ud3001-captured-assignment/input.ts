import { step } from 'use-durable';
import { db, job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  let total = 0;
  const state = { last: '' };
  await step('count', async () => {
    total += 1;
    state.last = await job('a');
  });
  await db.transaction(async (tx) => {
    ({ total } = await tx.count());
    total++;
  });
  return [total, state];
}
