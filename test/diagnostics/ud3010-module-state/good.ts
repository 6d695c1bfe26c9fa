import { step } from 'use-durable';
import { connect, job } from './steps.ts';

let client: Awaited<ReturnType<typeof connect>> | undefined;
let started = 0;
let label = 'plain';
if (process.env.LABEL) label = process.env.LABEL;
const names = new Map([['a', 'Ada']]);
names.set('b', 'Bob');
const retries: readonly number[] = [1, 2, 3];
const cache = new Map<string, unknown>();

export function setup(): void {
  client = connect();
  started++;
}

async function cached(name: string): Promise<unknown> {
  if (!cache.has(name)) cache.set(name, await job(name));
  return cache.get(name);
}

namespace limits {
  export const most = 5;
  export let least = 1;
  least = Math.min(least, most);
  export const service = { job };
}

export async function main(): Promise<unknown> {
  'use durable';
  await limits.service.job('within', limits.least + limits.most);
  const level = await step('level', () => started);
  const found = [];
  for (const retry of retries) found.push(await cached(`${label} ${retry}`), await client?.query(level));
  const cache = new Map([['c', 1]]);
  cache.set('d', 2);
  return [found, names.get('a'), cache];
}
