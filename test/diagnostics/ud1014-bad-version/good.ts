import { job } from './steps.ts';

export async function checkout(): Promise<unknown> {
  'use durable';
  return await job('a');
}

export async function checkoutV1(): Promise<unknown> {
  'use durable version 1 of checkout';
  return await job('b');
}

export async function refund(): Promise<unknown> {
  'use durable as refund version 12';
  return await job('c');
}
