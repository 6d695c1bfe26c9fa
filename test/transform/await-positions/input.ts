import { effect, later } from '../../support/effects.ts';

async function num(n: number): Promise<number> {
  effect(`num ${n}`);
  return later(1, n);
}

async function maybe<T>(value: T): Promise<T> {
  effect(`maybe ${String(value)}`);
  return later(1, value);
}

class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}

export async function main(): Promise<unknown> {
  'use durable';
  let i = 13;
  const text = `a${await num(1)}b${(await num(2)) + 1}`;
  const either = (await maybe(true)) ? await num(3) : await num(4);
  const or = (await maybe(0)) || (await num(5));
  const and = (await maybe('')) && (await num(6));
  const nullish = (await maybe(null)) ?? (await num(7));
  const comma = (await num(8), await num(9));
  const awaitedBranch = await (either > 2 ? num(10) : num(11));
  const awaitedOr = await (num(0) || num(12));
  const awaitedComma = await (i++, num(14));
  const point = new Point(await num(15), await num(16));
  const negated = !(await maybe(false));
  const kind = typeof (await maybe('x'));
  const member = (await maybe({ deep: { list: [1, 2] } })).deep.list[await num(1)];
  const object = { [await maybe('key')]: await num(17), nested: [await num(18)] };
  const has = 'deep' in (await maybe({ deep: 1 }));
  const cast = ((await maybe(19)) as number)! satisfies number;
  const fn = ((x: number, y = 2) => x * y)(await num(20));
  return [
    text, either, or, and, nullish, comma, awaitedBranch, awaitedOr, awaitedComma,
    i,
    { x: point.x, y: point.y }, negated, kind, member, object, has, cast, fn,
  ];
}
