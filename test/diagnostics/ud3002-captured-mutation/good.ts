import { step } from 'use-durable';
import { db, job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const rows: unknown[] = [];
  const found = await step('collect', async () => {
    const inside: unknown[] = [...rows];
    inside.push(await job('a'));
    return inside.map((row) => row);
  });
  rows.push(...found);
  await db.transaction(async (tx) => {
    for (const row of rows) await tx.insert(row);
  });
  await job('b').then((row) => {
    rows.push(row);
  });
  return rows.toSorted();
}
