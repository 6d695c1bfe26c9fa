import { startAll } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  return await Promise.all(startAll(['a', 'b']));
}
