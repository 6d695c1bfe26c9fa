import { createOrder, IdMaker, orderId, Receipt } from './helpers.ts';

async function note(name: string, value: unknown): Promise<void> {
  await Promise.resolve([name, value]);
}

export async function main(): Promise<unknown> {
  'use durable';
  const id = orderId('x');
  await note('a', id);
  await note('b', id);
  const maker = new IdMaker();
  const receipt = new Receipt();
  return [createOrder(), maker.next(), receipt.text];
}

export async function returned(): Promise<string> {
  'use durable';
  const id = orderId('y');
  await note('a', id);
  return id;
}
