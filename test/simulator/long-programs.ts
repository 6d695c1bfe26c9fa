import { endProcess } from './outside.ts';

const work = (ms: number): Promise<number> => new Promise((resolve) => setTimeout(resolve, ms, ms));

/** Records nothing for so many ms. */
export async function long(ms: number): Promise<number> {
  'use durable';
  return await work(ms);
}

/** Ends the process of its worker, whichever it is. */
export async function deadly(): Promise<void> {
  'use durable';
  await endProcess();
}
