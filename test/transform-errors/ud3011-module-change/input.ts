import { job } from './steps.ts';

let runs = 0;
const seen: string[] = [];
const totals: Record<string, number> = {};

export async function main(name: string): Promise<unknown> {
  'use durable';
  runs++;
  seen.push(name);
  const work = async (): Promise<void> => {
    totals[name] = await job(name);
  };
  await work();
  return name;
}
