import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  function* range(n: number): Generator<number, string, number | undefined> {
    let i = 0;
    while (i < n) {
      const jump = yield i;
      i += jump ?? 1;
    }
    return 'done';
  }
  for (const n of range(2)) out.push(await job(`n${n}`));
  const iterator = range(5);
  out.push(iterator.next().value, iterator.next(2).value, await job(String(iterator.next().value)));
  const iterable = {
    *[Symbol.iterator]() {
      yield* ['x', 'y'];
    },
  };
  out.push(await Promise.all([...iterable].map(job)));
  const lazy = {
    *promises() {
      yield job('lazy 1');
      yield job('lazy 2');
    },
  };
  for (const promise of lazy.promises()) out.push(await promise);
  const entries = new Map([['k', 'v']]);
  for (const [key, value] of entries) out.push(await job(key + value));
  out.push(await job([...new Set('aab')].join('')));
  out.push([...'ab'].entries().map(([i, c]) => c + i).toArray());
  return out;
}
