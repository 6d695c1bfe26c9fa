import { effect, later } from '../../support/effects.ts';

async function next(n: number): Promise<number> {
  effect(`next ${n}`);
  return later(1, n + 1);
}

async function more(n: number): Promise<boolean> {
  effect(`more ${n}`);
  return later(1, n < 2);
}

async function items(n: number): Promise<string[]> {
  effect(`items ${n}`);
  return later(1, ['p', 'q', 'r'].slice(0, n));
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  for (let i = await next(-1); i < 2; i = await next(i)) out.push(i);
  let n = 0;
  while (await more(n)) n++;
  do {
    n = await next(n);
  } while (n < 4);
  for (const item of await items(2)) out.push(`${item}${n}`);
  for (const key in { x: 1, y: 2 }) out.push(key + (await next(key.length)));
  for (const [i, item] of (await items(3)).entries()) {
    if (i === 1) continue;
    out.push(item);
  }
  // Each turn has its own `k`.
  const readers: (() => number)[] = [];
  for (let k = 0; k < 3; k++) {
    readers.push(() => k);
    if (k === 1) k = await next(k);
  }
  out.push(readers.map((read) => read()));
  let index = 0;
  const slots: number[] = [];
  for (slots[index++] of [await next(5), 7]);
  return { out, n, slots };
}
