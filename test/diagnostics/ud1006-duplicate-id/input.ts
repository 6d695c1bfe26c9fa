import { job } from './steps.ts';

export async function pay(): Promise<unknown> {
  'use durable';
  return await job('a');
}

export async function charge(): Promise<unknown> {
  'use durable as pay';
  return await job('b');
}
