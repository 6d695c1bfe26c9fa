import { setTimeout as delay } from 'node:timers/promises';
import * as timers from 'node:timers/promises';
import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function tick(name: string): Promise<string> {
  effect(`tick ${name}`);
  return later(1, name);
}

const PAUSE = 3;

export async function main(): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  const started = Date.now();
  await delay(2);
  log.push(await delay(2, 'value'));
  await timers.setTimeout(PAUSE);
  await new Promise((resolve) => setTimeout(resolve, 2));
  await new Promise<void>((r) => {
    setTimeout(r, PAUSE - 1);
  });
  await new Promise<void>((resolve) => setTimeout(() => resolve(), 2));
  await sleep(2);
  await sleep('3ms');
  await sleep(new Date(Date.now() + 4));
  log.push(await sleep(1));
  for (let i = 0; i < 3; i++) {
    await sleep(i);
    log.push(await tick(`loop ${i}`));
  }
  const waiting = sleep(6);
  log.push(await tick('meanwhile'));
  await waiting;
  log.push(Date.now() - started >= 20);
  return log;
}
