import { effect, fail, later } from '../../support/effects.ts';

// Promises on further ways: reduceRight, flatMap, destructuring with defaults, computed members, generators, tagged values, labels.
async function work(n: number, ms = 1): Promise<number> {
  effect(`work ${n}`);
  return later(ms, n * 10);
}
async function both(a: number | Promise<number>, b: number | Promise<number>): Promise<number> {
  effect('both');
  return (await a) + (await b);
}
const pass = <T>(...values: T[]): T[] => values;
const ident = <T>(value: T): T => value;

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await [1, 2, 3].reduceRight((p, n) => p.then((s) => both(s, n)), work(0)));
  out.push(await Promise.all([1, 2].flatMap((n) => [work(n), work(n + 10)])));
  const { p = work(3), q } = { q: work(4) } as { p?: Promise<number>; q: Promise<number> };
  const [r = work(5), s] = [undefined, work(6)] as [Promise<number> | undefined, Promise<number>];
  out.push(await p, await q, await r, await s);
  const keyed = Object.fromEntries(['a', 'b'].map((key, i) => [key, work(7 + i)]));
  for (const [key, value] of Object.entries(keyed)) out.push(key, await value);
  const map = new Map([[1, work(9)]]).set(2, work(11));
  for await (const value of map.values()) out.push(value);
  function* jobs() {
    yield work(12);
    yield work(13);
  }
  for (const job of jobs()) out.push(await job);
  out.push(await Promise.all([...jobs()].toReversed()));
  out.push(await both.bind(null, work(14))(work(15)), await both.apply(null, pass(work(16), work(17)) as [Promise<number>, Promise<number>]));
  out.push(await Reflect.apply(both, undefined, pass(work(18), 1)), await ident(ident(work(19))));
  const late = { then: undefined as unknown, value: work(20) };
  out.push(await (late.value as Promise<number>).finally(() => out.push('f')));
  let last: Promise<unknown> = Promise.resolve();
  for (const n of [21, 22]) last = last.then(() => work(n)).then((v) => out.push(v));
  await last;
  out.push(await Promise.any([fail(1, new Error('no')), work(23, 3)]));
  const either = out.length > 100 ? work(24) : work(25);
  out.push(await either, (await Promise.all(Array.from({ length: 2 }, (_, i) => work(26 + i)))).length);
  out.push(await new Promise<number>((resolve) => resolve(work(28))), await Promise.resolve(work(29)).then(String));
  return out;
}
