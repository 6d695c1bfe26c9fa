import { db, job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const ids: number[] = [1];
  return await db.select('*').where(ids.pop()).all(await job('a'));
}
