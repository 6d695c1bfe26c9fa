import { effect, later } from '../../support/effects.ts';

async function add(a: number, b: number): Promise<number> {
  effect(`add ${a} ${b}`);
  return later(1, a + b);
}

async function isBig(n: number): Promise<boolean> {
  effect(`isBig ${n}`);
  return later(1, n > 2);
}

export async function main(): Promise<unknown> {
  'use durable';
  const xs = [1, 2, 3];
  const sum = await xs.reduce(async (acc, x) => add(await acc, x), Promise.resolve(0));
  const chained = await xs.reduce((acc, x) => acc.then((n) => add(n, x * 10)), Promise.resolve(0));
  const series = await ['a', 'b'].reduce<Promise<string[]>>(async (acc, s) => {
    const all = await acc;
    all.push(`${s}${await add(all.length, 1)}`);
    return all;
  }, Promise.resolve([]));
  const flags = await Promise.all(xs.map(async (x) => [x, await isBig(x)] as const));
  const big = flags.filter(([, flag]) => flag).map(([x]) => x);
  const flat = await Promise.all(xs.flatMap((x) => (x === 2 ? [] : [add(x, 1), add(x, 2)])));
  const from = await Promise.all(Array.from({ length: 2 }, (_, i) => add(i, i)));
  const async = await Promise.all(Array.from(xs.values(), async (x) => (await add(x, x)) * 2));
  const found = xs.find((x) => x > 1);
  const sorted = [3, 1, 2].sort((a, b) => a - b);
  const seen: number[] = [];
  xs.forEach((x) => {
    seen.push(x);
  });
  const nested = await Promise.all([[1], [2]].map((row) => Promise.all(row.map((x) => add(x, 100)))));
  return { sum, chained, series, big, flat, from, async, found, sorted, seen, nested };
}
