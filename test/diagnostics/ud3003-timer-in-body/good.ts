import { setTimeout as delay } from 'node:timers/promises';
import { sleep } from 'use-durable';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  await sleep('1s');
  await delay(1000);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const later = async (): Promise<unknown> => {
    await sleep('5s');
    return await job('a');
  };
  const running = later();
  await job('b');
  return await running;
}

export function outside(): void {
  setTimeout(() => {}, 1);
}
