import { setTimeout as delay } from 'node:timers/promises';
import { sleep, step } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function ping(name: string, ms = 1): Promise<string> {
  effect(`ping ${name}`);
  return later(ms, name);
}

export async function pair(name: string): Promise<string> {
  'use durable';
  return `${await ping(name)}${await ping(name)}`;
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await sleep(1).then(() => 'slept'));
  out.push(await sleep(1).then(() => ping('after')));
  out.push(await delay(1, 'delayed').then((s) => s.length));
  out.push(await step('by hand', () => ping('hand')).then((s) => s.toUpperCase()));
  out.push(await pair('p').then((s) => s.length));
  out.push(await Promise.race([ping('quick', 1), sleep('20s').then(() => 'timed out')]));
  out.push(await Promise.race([ping('slow', 40), sleep(2).then(() => 'timed out')]));
  return out;
}
