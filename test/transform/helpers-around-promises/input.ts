import { effect, fail, later } from '../../support/effects.ts';

// Helpers around promises, of the kinds that people write: pools, races with cleanup, memoized calls, settled tuples, batches.
async function work(n: number, ms = 1): Promise<number> {
  effect(`work ${n}`);
  return n < 0 ? fail(ms, new RangeError(`bad ${n}`)) : later(ms, n * 10);
}
const to = async <T>(p: Promise<T>): Promise<[T | undefined, string | undefined]> => {
  try {
    return [await p, undefined];
  } catch (error) {
    return [undefined, (error as Error).message];
  }
};
const timed = async <T>(name: string, p: Promise<T>): Promise<[string, T]> => [name, await p];
const firstOf = <T>(...ps: Promise<T>[]): Promise<T> => Promise.any(ps);
const inBatches = async <T>(size: number, makers: (() => Promise<T>)[]): Promise<T[]> => {
  const out: T[] = [];
  for (let i = 0; i < makers.length; i += size)
    out.push(...(await Promise.all(makers.slice(i, i + size).map((make) => make()))));
  return out;
};
const must = <T>(p: Promise<T>, message: string): Promise<T> =>
  p.catch((cause) => {
    throw new Error(message, { cause });
  });

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const [value, failed] = await to(work(1));
  out.push(value, failed, await to(work(-1)));
  out.push(await timed('two', work(2)), await Promise.all([timed('a', work(3)), timed('b', work(4))]));
  out.push(await firstOf(work(-2), work(5, 4)));
  out.push(await inBatches(2, [6, 7, 8].map((n) => () => work(n))));
  try {
    await must(work(-3), 'it must work');
  } catch (error) {
    const { message, cause } = error as Error;
    out.push(message, cause instanceof RangeError, (cause as Error).message);
  }
  out.push(await to(must(work(9), 'fine')), await must(timed('ten', work(10)), 'fine'));
  const started = work(11);
  const pair = [to(started), timed('same', started)] as const;
  out.push(await Promise.all(pair));
  const lazily = () => to(work(12));
  out.push(await lazily(), await [13, 14].reduce(async (p, n) => [...(await p), await to(work(n))], Promise.resolve([] as unknown[])));
  return out;
}
