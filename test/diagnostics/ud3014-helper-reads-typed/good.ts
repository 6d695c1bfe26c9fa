import { step } from 'use-durable';
import { IdMaker, load, orderId, priceOf, timed } from './helpers.ts';

async function note(name: string, value: unknown): Promise<void> {
  await Promise.resolve([name, value]);
}

export async function main(): Promise<unknown> {
  'use durable';
  const id = await step('id', () => orderId('x'));
  await note('a', id);
  const maker = new IdMaker();
  const loading = load();
  return [priceOf(3), maker.same(id), timed(() => 7), await loading];
}
