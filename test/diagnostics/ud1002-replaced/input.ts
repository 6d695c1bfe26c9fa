import { job } from './steps.ts';

const others = { pay: null };
const KEY = 'ship';

export const shop = {
  async pay(): Promise<unknown> {
    'use durable';
    return await job('a');
  },
  ...others,
};

export const store = {
  async ship(): Promise<unknown> {
    'use durable';
    return await job('b');
  },
  [KEY]: null,
};

export class Till {
  static async close(): Promise<unknown> {
    'use durable';
    return await job('c');
  }
  static close = null;
}

export var late = async function (): Promise<unknown> {
  'use durable';
  return await job('d');
};
