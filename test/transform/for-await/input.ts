import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function load(name: string, ms: number): Promise<string> {
  effect(`load ${name}`);
  return later(ms, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  for await (const x of [load('a', 12), load('b', 1), 'plain']) out.push(x);
  for await (const { length } of [load('ccc', 1)]) out.push(length);
  const promises = ['d', 'e'].map((name) => load(name, 2));
  for await (const x of promises) {
    if (x === 'd') continue;
    out.push(x, await load(`after ${x}`, 1));
  }
  outer: for await (const x of [1, 2, 3]) {
    for await (const y of [Promise.resolve(x * 10)]) {
      await sleep(1);
      if (x === 2) break outer;
      out.push(y);
    }
  }
  for await (const name of new Set(['s'])) out.push(name);
  const slot: { value?: string } = {};
  for await (slot.value of [load('slot', 1)]);
  out.push(slot.value);
  return out;
}
