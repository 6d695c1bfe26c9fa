import { job } from './steps.ts';

async function own(name: string): Promise<string> {
  return await job(name);
}

function helper(name: string): string {
  return name;
}

export async function main(): Promise<unknown> {
  'use durable';
  await own('a');
  const started = own('b');
  const list = [own('c')];
  list.push(own('d'));
  const response = await fetch('https://example.org');
  helper('e');
  const later = () => own('f');
  const object = { promise: own('g') };
  return [await started, await Promise.all(list), response.status, await later(), await object.promise];
}
