import { effect, fail, later } from '../../support/effects.ts';

async function job(name: string, ms = 1): Promise<string> {
  effect(`job ${name}`);
  return later(ms, name);
}

async function bad(name: string): Promise<string> {
  effect(`bad ${name}`);
  return fail(1, new Error(name));
}

export async function main(): Promise<unknown> {
  'use durable';
  const a = await Promise.resolve(job('a'));
  const b = await Promise.resolve('b');
  const c = Promise.resolve(job('c'));
  const d = await Promise.all([c, Promise.resolve(1), 2, job('d')]);
  const e = await Promise.reject(new Error('e')).catch((error: Error) => error.message);
  const f = await Promise.any([bad('f1'), job('f2', 9)]);
  const g = await Promise.race([job('g1', 14), job('g2', 1)]);
  const all = Promise.all([job('h1'), job('h2', 7)]);
  const between = await job('between');
  const [h1, h2] = await all;
  const i = await Promise.all([job('i1'), Promise.all([job('i2'), Promise.race([job('i3')])])]);
  const wrapper = new Promise<string>((resolve) => resolve('wrapped'));
  const { promise, resolve } = Promise.withResolvers<string>();
  setValue(resolve);
  const j = [await wrapper, await promise];
  const k = await Promise.all([]);
  const refused: unknown[] = [];
  for (const list of [5, { a: 1 }, undefined, null, { length: 1, 0: 'like an array' }] as unknown as unknown[][])
    refused.push(await Promise.all(list).catch((error: Error) => [error.constructor.name, error.message]));
  const kind = ['all', 'allSettled'] as const;
  const computed = [await Promise[kind[0]]([job('computed')]), await Promise[kind[1]]([job('settled')])];
  const mixed = await Promise.all(new Map([['x', job('x')]]).values());
  await job('end', 16);
  return { a, b, d, e, f, g, h1, h2, between, i, j, k, mixed, refused, computed };

  function setValue(set: (value: string) => void): void {
    set('later');
  }
}
