import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable as register user';
  return await job('a');
}

export async function slash(): Promise<unknown> {
  'use durable as a/b';
  return await job('b');
}

export async function digit(): Promise<unknown> {
  'use durable as 1st';
  return await job('c');
}
