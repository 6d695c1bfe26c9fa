import { db, job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const names: string[] = ['rows'];
  return await db.select('*').where(1)[(names.pop() ?? '') + (await job('a'))];
}
