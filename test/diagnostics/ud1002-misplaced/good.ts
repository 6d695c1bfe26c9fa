import { job } from './steps.ts';

export async function first(): Promise<unknown> {
  // Comments and other directives may come first.
  'use strict';
  'use durable';
  async function inner(): Promise<unknown> {
    return await job('b');
  }
  return await inner();
}

export const held = async (): Promise<unknown> => {
  'use durable';
  return await job('d');
};
