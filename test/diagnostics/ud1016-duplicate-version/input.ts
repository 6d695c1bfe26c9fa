import { job } from './steps.ts';

export async function checkout(): Promise<unknown> {
  'use durable as checkout';
  return await job('a');
}

export async function checkoutV1(): Promise<unknown> {
  'use durable version 1 of checkout';
  return await job('b');
}

export async function checkoutOld(): Promise<unknown> {
  'use durable as checkout version 1';
  return await job('c');
}
