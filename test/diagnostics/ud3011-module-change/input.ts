import { job } from './steps.ts';

let runs = 0;
const seen: string[] = [];
const totals: Record<string, number> = {};

namespace counters {
  export let started = 0;
}

export async function main(name: string): Promise<unknown> {
  'use durable';
  runs++;
  counters.started += 1;
  seen.push(name);
  const work = async (): Promise<void> => {
    totals[name] = await job(name);
  };
  await work();
  return name;
}
