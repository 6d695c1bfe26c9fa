import { job } from './steps.ts';

const KEY = 'computed';

export const table = {
  async [KEY](): Promise<unknown> {
    'use durable';
    return await job('a');
  },
};

export default {
  async method(): Promise<unknown> {
    'use durable';
    return await job('b');
  },
};
