import { job } from './steps.ts';

export async function late(): Promise<unknown> {
  const a = 1;
  'use durable';
  return await job(`a${a}`);
}

export async function outer(): Promise<unknown> {
  async function inner(): Promise<unknown> {
    'use durable';
    return await job('b');
  }
  return inner();
}

export async function block(): Promise<unknown> {
  {
    'use durable';
  }
  return await job('c');
}

export let reassigned = async (): Promise<unknown> => {
  'use durable';
  return await job('d');
};

export class Holder {
  constructor() {
    'use durable';
    void job('e');
  }
}
