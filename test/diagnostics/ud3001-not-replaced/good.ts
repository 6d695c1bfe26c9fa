import { step } from 'use-durable';
import { load } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  let order = await load();
  order = await step('price', () => {
    order.total = 1;
    return order;
  });
  return order;
}
