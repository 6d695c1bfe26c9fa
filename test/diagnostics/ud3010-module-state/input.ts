import { job } from './steps.ts';

let level = 'low';
const prices = new Map<string, number>();
const settings = { limit: 1 };

export function configure(name: string, price: number): void {
  level = name;
  prices.set(name, price);
  settings.limit++;
}

namespace counters {
  export let started = 0;
  let ended = 0;
  export let label = 'plain';

  export async function begin(): Promise<void> {
    started++;
    ended = started;
  }

  export async function inside(): Promise<number> {
    'use durable';
    await job('inside');
    return ended;
  }
}

export function relabel(): void {
  counters.label = 'other';
}

export async function main(): Promise<unknown> {
  'use durable';
  await job(counters.label, counters.started);
  if (level === 'high') await job('a');
  const price = prices.get('a') ?? 0;
  return await job('b', price * settings.limit);
}
