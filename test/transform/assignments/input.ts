import { effect, later } from '../../support/effects.ts';

async function num(n: number): Promise<number> {
  effect(`num ${n}`);
  return later(1, n);
}

async function text(s: string | null): Promise<string | null> {
  effect(`text ${s}`);
  return later(1, s);
}

export async function main(): Promise<unknown> {
  'use durable';
  let a: number;
  let b: number;
  a = b = await num(1);
  let total = 10;
  total += await num(2);
  // The left side is read before the right side is awaited.
  const add = async (n: number): Promise<void> => {
    total += await num(n);
  };
  await add(3);
  const list = [0, 0, 0];
  let i = 0;
  list[i++] = await num(4);
  list[i++] += await num(5);
  const object: { x?: number; y: number | null; z: string | null } = { y: null, z: 'z' };
  object.x ??= await num(6);
  object.x ??= await num(7);
  object.y ||= await num(8);
  object.z &&= await text('zz');
  object.z &&= await text(null);
  object.z &&= await text('never');
  let c = 0;
  const inner = (c = await num(9)) + c;
  [a, b] = [await num(10), a];
  ({ a, rest: b = await num(11) } = { a: await num(12) } as { a: number; rest?: number });
  list[await num(2)] = await num(13);
  const later = (c **= await num(2));
  let started: Promise<number>;
  const same = await (started = num(14));
  return { a, b, c, i, total, list, object, inner, later, same, again: await started };
}
