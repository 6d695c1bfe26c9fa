import { job } from './steps.ts';

export async function pay(): Promise<unknown> {
  'use durable';
  return await job('a');
}

export async function charge(): Promise<unknown> {
  'use durable as charge-v2';
  return await job('b');
}

export const shop = {
  async pay(): Promise<unknown> {
    'use durable';
    return await job('c');
  },
};

export namespace Inner {
  export async function pay(): Promise<unknown> {
    'use durable';
    return await job('d');
  }
}
