import { job, readAll } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  for (const row of await readAll('table')) out.push(row);
  for await (const value of [job('a'), job('b')]) out.push(value);
  const started = ['c', 'd'].map((name) => job(name));
  for await (const value of started) out.push(value);
  return out;
}
