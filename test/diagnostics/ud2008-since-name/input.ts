import { since } from 'use-durable';
import { job } from './steps.ts';

const NAME = 'fraud-check';

export async function constant(): Promise<unknown> {
  'use durable';
  return since(NAME) ? await job('a') : await job('b');
}

export async function number(): Promise<unknown> {
  'use durable';
  return since('2') ? await job('a') : await job('b');
}

export async function spaced(): Promise<unknown> {
  'use durable';
  return since('fraud check') ? await job('a') : await job('b');
}
