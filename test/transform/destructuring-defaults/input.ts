import { effect, later } from '../../support/effects.ts';

async function def<T>(name: string, value: T): Promise<T> {
  effect(`default ${name}`);
  return later(1, value);
}

async function load(): Promise<{ a?: number; b: { c?: number; list: (number | undefined)[] }; rest1: string; rest2: string }> {
  effect('load');
  return later(2, { b: { list: [undefined, 2, 3, 4] }, rest1: 'r1', rest2: 'r2' });
}

export async function main(): Promise<unknown> {
  'use durable';
  const {
    a = await def('a', 1),
    b: { c = await def('c', a + 1), list: [first = await def('first', c + 1), second = await def('second', 0), ...tail] },
    ...rest
  } = await load();
  const [x = await def('x', 'x'), [y = await def('y', 'y')] = await def('pair', [undefined] as (string | undefined)[])] = [] as [string?, (string | undefined)[]?];
  const pick = async ({ k = 'k', n = k.length }: { k?: string; n?: number } = {}, ...more: number[]): Promise<unknown> =>
    def(`${k}${n}${more.length}`, { k, n, more });
  const keys = { dynamic: 5 } as Record<string, number>;
  const { [await def('name', 'dynamic')]: dynamic = await def('unused', 0), [await def('other', 'missing')]: missing = await def('missing', -1) } = keys;
  const loops: unknown[] = [];
  for (const { v = await def('v', 'none') } of [{ v: 'one' }, {}] as { v?: string }[]) loops.push(v);
  return { a, c, first, second, tail, rest, x, y, picks: [await pick(), await pick({ k: 'kk' }, 1, 2)], dynamic, missing, loops };
}
