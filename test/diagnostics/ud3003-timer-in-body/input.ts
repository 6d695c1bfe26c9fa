import { setTimeout as timer } from 'node:timers';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const handle = setInterval(() => {}, 1000);
  setTimeout(() => job('a'), 5000);
  timer(() => {}, 1);
  setImmediate(() => {});
  const later = async (): Promise<void> => {
    globalThis.setTimeout(() => {}, 1);
    await job('b');
  };
  await later();
  clearInterval(handle);
  return await job('c');
}
