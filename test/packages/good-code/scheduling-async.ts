import async, { eachLimit, mapLimit, parallel } from 'async';

export const close = async () => {};

async function charge(n: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  if (n < 0) throw new Error(`no such amount: ${n}`);
  return n * 10;
}

export async function main() {
  'use durable';
  let total = 0;
  const add = async (n: number) => {
    const charged = await charge(n);
    total += charged;
    return charged;
  };
  const mapped = await mapLimit([1, 2, 3], 2, async (n: number) => add(n));
  await eachLimit([4, 5], 1, async (n: number) => {
    await add(n);
  });
  const named = await async.mapSeries([6, 7], charge);
  const both = await parallel({ a: async () => add(8), b: async () => add(9) });
  const series = await async.series([async () => add(10), async () => add(11)]);
  const sum = await async.reduce(
    [1, 2],
    0,
    async (memo: number | undefined, n: number) => (memo ?? 0) + (await add(n)),
  );
  const big = await async.filterLimit([1, 2, 3], 2, async (n: number) => (await add(n)) > 15);
  const failed = await async
    .mapLimit([12, -13], 1, async (n: number) => add(n))
    .catch((error: Error) => error.message);
  const times = await async.timesLimit(3, 2, async (n: number) => add(n));
  return { total, mapped, named, both, series, sum, big, failed, times };
}
