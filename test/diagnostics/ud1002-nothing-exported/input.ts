'use durable';
import { job } from './steps.ts';

export default {
  async pay(): Promise<unknown> {
    return await job('a');
  },
};

async function hidden(): Promise<unknown> {
  return await job('b');
}

export const count = hidden.length;
