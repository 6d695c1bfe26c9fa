import { step } from 'use-durable';
import { job } from './steps.ts';

let runs = 0;
const seen: string[] = [];

async function count(name: string): Promise<number> {
  seen.push(name);
  runs += 1;
  return await job(name);
}

export async function main(name: string): Promise<unknown> {
  'use durable';
  let runs = 0;
  runs++;
  const own: string[] = [];
  own.push(name);
  await step('count', () => {
    seen.push(name);
  });
  return [await count(name), runs, own];
}

export const total = (): number => runs + seen.length;
