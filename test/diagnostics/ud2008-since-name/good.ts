import { since } from 'use-durable';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  if (since('v2')) await job('new');
  return since('fraud-check_2.b') ? await job('a') : await job('b');
}
