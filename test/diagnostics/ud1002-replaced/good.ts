import { job } from './steps.ts';

const others = { pay: null };
const KEY = 'ship';

export const shop = {
  ...others,
  async pay(): Promise<unknown> {
    'use durable';
    return await job('a');
  },
};

export const store = {
  [KEY]: null,
  async ship(): Promise<unknown> {
    'use durable';
    return await job('b');
  },
};

export class Till {
  static async close(): Promise<unknown> {
    'use durable';
    return await job('c');
  }
  /** Of the instances. */
  close(): void {}
}
