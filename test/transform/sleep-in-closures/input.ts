import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function ping(name: string): Promise<string> {
  effect('ping');
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const order: string[] = [];
  await Promise.all(
    ['c', 'b', 'a'].map(async (name, i) => {
      await sleep(9 - i * 4);
      order.push(await ping(name));
    }),
  );
  const nap = async (ms: number): Promise<number> => {
    await sleep(ms);
    return ms;
  };
  const naps = await Promise.all([nap(2), nap(4)]);
  const first = await Promise.race([nap(1), nap(18)]);
  const sleeps = await Promise.all([sleep(1), sleep(2)]);
  await sleep(22);
  return { order: order.sort(), naps, first, sleeps };
}
