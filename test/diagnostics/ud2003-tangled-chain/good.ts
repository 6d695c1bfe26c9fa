import { db, job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const ids: number[] = [1];
  const id = ids.pop();
  const a = await job('a');
  const rows = await db.select('*').where(id).limit(ids.length).all(a);
  const awaited = await db.select('*').where(ids.pop()).all(await job('a'));
  const member = await db.select('*').where(1).rows;
  await job('b').then((text) => {
    ids.push(text.length);
  });
  return [rows, awaited, member, ids];
}
