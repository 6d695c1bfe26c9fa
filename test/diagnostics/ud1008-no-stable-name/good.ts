import { job } from './steps.ts';

export const table = {
  async 'quoted name'(): Promise<unknown> {
    'use durable';
    return await job('a');
  },
  async computed(): Promise<unknown> {
    'use durable';
    return await job('b');
  },
};

export default async (): Promise<unknown> => {
  'use durable';
  return await job('c');
};
