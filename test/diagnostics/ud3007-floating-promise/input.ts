import { job } from './steps.ts';

async function own(name: string): Promise<void> {
  await job(name);
}

export async function main(): Promise<unknown> {
  'use durable';
  own('a');
  void own('b');
  fetch('https://example.org');
  const unused = own('c');
  return await job('d');
}
