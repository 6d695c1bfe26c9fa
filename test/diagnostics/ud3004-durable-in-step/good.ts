import { sleep, step } from 'use-durable';
import { db, job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  await sleep('1s');
  const nap = async (): Promise<unknown> => {
    await sleep('1s');
    return await step('inner', () => job('b'));
  };
  return [await nap(), await db.transaction(async (tx) => await tx.insert(1))];
}
