import { job } from './steps.ts';

let level = 'low';
const prices = new Map<string, number>();
const settings = { limit: 1 };

export function configure(name: string, price: number): void {
  level = name;
  prices.set(name, price);
  settings.limit++;
}

export async function main(): Promise<unknown> {
  'use durable';
  if (level === 'high') await job('a');
  const price = prices.get('a') ?? 0;
  return await job('b', price * settings.limit);
}
