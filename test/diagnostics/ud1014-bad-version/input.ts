import { job } from './steps.ts';

export async function zero(): Promise<unknown> {
  'use durable version 0';
  return await job('a');
}

export async function half(): Promise<unknown> {
  'use durable as checkout version 1.5';
  return await job('b');
}

export async function missing(): Promise<unknown> {
  'use durable version';
  return await job('c');
}

export async function more(): Promise<unknown> {
  'use durable version 1 from zero';
  return await job('d');
}

export async function both(): Promise<unknown> {
  'use durable as pay version 1 of zero';
  return await job('e');
}
