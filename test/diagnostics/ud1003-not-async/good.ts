import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const helper = () => job('a');
  return await helper();
}

export function plain(): Promise<unknown> {
  return job('b');
}
