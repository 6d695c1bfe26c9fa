import { effect, later } from '../../support/effects.ts';

interface Cyclic {
  self?: Cyclic;
  list: unknown[];
}

async function give<T>(name: string, make: () => T): Promise<T> {
  effect(`give ${name}`);
  return later(1, make());
}

const shared = { count: 1 };

export async function main(): Promise<unknown> {
  'use durable';
  const out: Record<string, unknown> = {};
  out.date = await give('date', () => new Date(0));
  out.map = await give('map', () => new Map<unknown, unknown>([['a', 1], [2n, new Set([undefined, null])]]));
  out.big = await give('bigint', () => 2n ** 70n);
  out.odd = await give('odd numbers', () => [undefined, Number.NaN, -0, Infinity, null, , 3]);
  out.minusZero = Object.is((out.odd as number[])[2], -0);
  out.hole = 5 in (out.odd as number[]);
  out.nothing = await give('undefined', () => undefined);
  out.isUndefined = out.nothing === undefined && 'nothing' in out;
  const cycle = await give('cycle', () => {
    const object: Cyclic = { list: [] };
    object.self = object;
    object.list.push(object, object.list);
    return object;
  });
  out.cycle = cycle.self === cycle && cycle.list[0] === cycle && cycle.list[1] === cycle.list;
  const twice = await give('twice', () => {
    const one = { n: 1 };
    return { a: one, b: one };
  });
  twice.a.n = 2;
  out.twice = twice;
  out.bytes = await give('bytes', () => new Uint8Array([1, 2, 3]));
  out.regexp = (await give('regexp', () => /a+/gi)).flags;
  out.url = (await give('url', () => new URL('https://example.org/x?y=1'))).searchParams.get('y');
  // What a step returns is a copy, so a change of it never reaches the module.
  const copy = await give('copy', () => ({ ...shared, list: [1] }));
  copy.count = 99;
  copy.list.push(2);
  out.copy = copy;
  out.shared = (await give('shared', () => ({ ...shared }))).count;
  const [error, symbolless] = await give('error as a value', () => [new TypeError('value'), Object.create(null)] as const);
  out.error = [error instanceof TypeError, error.message, Object.keys(symbolless)];
  return out;
}
