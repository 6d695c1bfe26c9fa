import { job } from './steps.ts';

export async function* main(): AsyncGenerator<unknown> {
  'use durable';
  yield await job('a');
}

export function* sync(): Generator<unknown> {
  'use durable';
  yield 1;
}
