import { job } from './steps.ts';

export async function checkout(): Promise<unknown> {
  'use durable as checkout version 3';
  return await job('a');
}

export async function checkoutV1(): Promise<unknown> {
  'use durable as checkout version 1';
  return await job('b');
}

export async function checkoutV2(): Promise<unknown> {
  'use durable version 2 of checkout';
  return await job('c');
}
