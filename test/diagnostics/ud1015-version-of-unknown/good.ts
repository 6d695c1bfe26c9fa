import { job } from './steps.ts';

export class Shop {
  static async checkout(): Promise<unknown> {
    'use durable as checkout';
    return await job('a');
  }
}

export async function checkoutV1(): Promise<unknown> {
  'use durable version 1 of Shop.checkout';
  return await job('b');
}

export async function checkoutV2(): Promise<unknown> {
  'use durable version 2 of Shop.checkout';
  return await job('c');
}
