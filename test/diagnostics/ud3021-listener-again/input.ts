import { sleep } from 'use-durable';
import { bus } from './services.ts';

export async function main(): Promise<number> {
  'use durable';
  let paid = 0;
  bus.on('paid', (amount: number) => {
    paid += amount;
  });
  await sleep('1 day');
  return paid;
}
