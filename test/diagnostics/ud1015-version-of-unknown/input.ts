import { job } from './steps.ts';

export async function chekout(): Promise<unknown> {
  'use durable';
  return await job('a');
}

export async function checkoutV1(): Promise<unknown> {
  'use durable version 1 of checkout';
  return await job('b');
}

export async function checkoutV0(): Promise<unknown> {
  'use durable version 2 of checkoutV1';
  return await job('c');
}
