import * as durable from 'use-durable';
import { sleep, step } from 'use-durable';
import { effect, later } from '../../support/effects.ts';
import { pause, sleep as nap, step as once } from '../../support/re-exports.ts';

async function load(name: string): Promise<string> {
  effect(`load ${name}`);
  return later(1, name);
}

const waits = { brief: sleep };

export async function main(): Promise<unknown> {
  'use durable';
  const rest = sleep;
  const { sleep: doze, step: unit } = durable;
  const out: unknown[] = [];
  await rest(3);
  await nap('3ms');
  await pause(2);
  await waits.brief(2);
  await Promise.race([doze(2), durable.sleep(40)]);
  for (const wait of [rest, doze, nap]) await wait(1);
  out.push(await unit('by hand', () => load('a')), await once(() => load('b')), await step('c', () => load('c')));
  const later = async (wait: (ms: number) => Promise<void>, ms: number) => {
    await wait(ms);
    return load(`after ${ms}`);
  };
  out.push(await later(sleep, 2), await later(doze, 3));
  return out;
}
