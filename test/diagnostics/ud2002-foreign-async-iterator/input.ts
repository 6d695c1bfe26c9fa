import { rows } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  for await (const row of rows('table')) out.push(row);
  return out;
}
