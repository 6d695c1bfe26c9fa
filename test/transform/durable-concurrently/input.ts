import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function work(name: string, ms: number): Promise<string> {
  effect(`work ${name}`);
  return later(ms, name);
}

export async function child(name: string, ms: number): Promise<string> {
  'use durable';
  const first = await work(`${name}1`, ms);
  await sleep(1);
  const second = await work(`${name}2`, 1);
  return `${first}${second}`;
}

const children = { child };

export async function main(): Promise<unknown> {
  'use durable';
  const order: string[] = [];
  const all = await Promise.all([child('a', 18), child('b', 2)]);
  const mapped = await Promise.all(['c', 'd'].map((name, i) => child(name, 2 + i * 9)));
  const started = child('e', 1);
  const closure = async (name: string, ms: number): Promise<void> => {
    order.push(await children.child(name, ms));
  };
  await Promise.all([closure('f', 20), closure('g', 4)]);
  order.push(await started);
  const pick = order.length > 2 ? child : work;
  order.push(await pick('h', 1));
  return { all, mapped, order };
}
