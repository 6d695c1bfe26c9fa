import pAll from 'p-all';
import pEachSeries from 'p-each-series';
import pFilter from 'p-filter';
import pLimit, { limitFunction } from 'p-limit';
import pMap, { pMapSkip } from 'p-map';
import pMapSeries from 'p-map-series';
import pProps from 'p-props';
import pReduce from 'p-reduce';
import pSeries from 'p-series';
import pSettle from 'p-settle';
import pTimes from 'p-times';
import pWaterfall from 'p-waterfall';
import pWhilst from 'p-whilst';
import { sleep } from 'use-durable';

export const close = async () => {};

async function charge(n: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  if (n < 0) throw new RangeError(`no such amount: ${n}`);
  return n * 10;
}

export async function main() {
  'use durable';
  let total = 0;
  const lines: string[] = [];
  const add = async (n: number) => {
    const charged = await charge(n);
    total += charged;
    lines.push(`${n}: ${total}`);
    return charged;
  };
  const limit = pLimit(2);
  const limited = await Promise.all([1, 2, 3].map((n) => limit(async () => add(n))));
  const byName = await Promise.all([1, 2].map((n) => limit(charge, n)));
  const mapped = await limit.map([4, 5], (n) => add(n));
  const failed = await limit(() => add(-1)).catch((error: Error) => [
    error instanceof RangeError,
    error.message,
  ]);
  const one = limitFunction(async (n: number) => add(n), { concurrency: 1 });
  const ones = await Promise.all([one(6), one(7)]);
  limit.concurrency = 1;
  await limit(() => sleep('5ms'));

  const all = await pAll([() => add(8), async () => (await add(9)) + 1], { concurrency: 1 });
  const series = await pSeries([() => add(10), async () => add(11)]);
  const map = await pMap([12, 13, 14], async (n) => (n === 13 ? pMapSkip : add(n)), { concurrency: 2 });
  const collected = await pMap([1, -2, -3], (n) => charge(n), { stopOnError: false }).catch(
    (error: AggregateError) => error.errors.map(({ message }: Error) => message),
  );
  const mapSeries = await pMapSeries([15, charge(1)], (n) => add(n));
  await pEachSeries([16, 17, 18], async (n) => {
    await add(n);
    return n === 17 ? pEachSeries.stop : undefined;
  });
  const props = await pProps({ a: charge(19), b: 20, c: add(21) });
  const filtered = await pFilter([1, 2, 3], async (n) => (await add(n)) > 15);
  const reduced = await pReduce([1, 2, 3], async (sum: number, n) => sum + (await add(n)), 0);
  const settled = await pSettle([() => add(22), charge(-4)], { concurrency: 1 });
  const times = await pTimes(3, (n) => add(n + 23), { concurrency: 2 });
  const poured = await pWaterfall(
    [() => add(1), async (n: number) => add(n + 1)] as never,
    undefined as never,
  );
  let left = 2;
  await pWhilst(
    () => left > 0,
    async () => {
      left -= 1;
      await add(left);
    },
  );
  return {
    total,
    lines,
    limited,
    byName,
    mapped,
    failed,
    ones,
    all,
    series,
    map,
    collected,
    mapSeries,
    props,
    filtered,
    reduced,
    settled: settled.map((one) => (one.isFulfilled ? one.value : String(one.reason))),
    times,
    poured,
    left,
  };
}
