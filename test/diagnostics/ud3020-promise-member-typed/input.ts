import { work } from './services.ts';

export async function main(slow: boolean): Promise<unknown> {
  'use durable';
  const p = work();
  if (slow) p.cancel();
  return [await p, p.isCanceled];
}
