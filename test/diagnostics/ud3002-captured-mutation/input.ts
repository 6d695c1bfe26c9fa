import { step } from 'use-durable';
import { db, job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const rows: unknown[] = [];
  const seen = new Map<string, unknown>();
  await step('collect', async () => {
    rows.push(await job('a'));
    seen.set('a', 1);
  });
  await db.transaction(async () => {
    rows.sort();
  });
  return [rows, seen];
}
