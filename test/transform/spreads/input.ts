import { effect, later } from '../../support/effects.ts';

async function sum(...numbers: number[]): Promise<number> {
  effect(`sum ${numbers.join('+')}`);
  return later(1, numbers.reduce((a, b) => a + b, 0));
}

async function list(n: number): Promise<number[]> {
  effect(`list ${n}`);
  return later(1, Array.from({ length: n }, (_, i) => i + 1));
}

async function pair(): Promise<{ a: number; b: number }> {
  effect('pair');
  return later(1, { a: 1, b: 2 });
}

export async function main(): Promise<unknown> {
  'use durable';
  const xs = [1, 2, 3];
  let i = 0;
  const a = await sum(...xs, i++, ...xs.map((x) => x * 10), i);
  const b = await sum(...(await list(3)));
  const c = await sum(...(await list(2)), ...(await list(1)), await sum(...[]));
  const d = [0, ...(await list(2)), ...new Set([7, 7, 8])];
  const e = { z: 0, ...(await pair()), b: 9, ...(i > 5 ? await pair() : {}) };
  const promises = [sum(1), ...[2, 3].map((n) => sum(n)), ...[sum(4)]];
  const f = await Promise.all([...promises, sum(...xs)]);
  return { a, b, c, d, e, f };
}
