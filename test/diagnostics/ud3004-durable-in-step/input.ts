import { sleep, step } from 'use-durable';
import { db, job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  await step('waits', async () => {
    await sleep('1s');
    return await job('a');
  });
  return await db.transaction(async () => {
    await step('inner', () => job('b'));
  });
}
