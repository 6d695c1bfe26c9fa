import { effect, later } from '../../support/effects.ts';

async function load(x: number): Promise<string> {
  effect(`load ${x}`);
  return later(1, `l${x}`);
}

const api = {
  prefix: 'api',
  fetch: async (x: number): Promise<string> => {
    effect(`fetch ${x}`);
    return later(1, `f${x}`);
  },
};

function double(x: number): number {
  return x * 2;
}

export async function main(): Promise<unknown> {
  'use durable';
  const xs = [1, 2];
  const a = await Promise.all(xs.map(load));
  const b = await Promise.all(xs.map(api.fetch));
  const c = await Promise.all(Array.from(xs, load));
  const d = xs.map(double).map(String);
  const local = async (x: number): Promise<string> => `<${await load(x)}>`;
  const e = await Promise.all(xs.map(local));
  const f = await Promise.all(xs.map(double));
  const g = await Promise.all(['1', '2'].map(Number));
  const alias = load;
  const h = await Promise.all(xs.map(alias));
  const i = await alias(9);
  const j = await Promise.all(xs.filter(Boolean).map(load).map((p) => p.then((s) => s.length)));
  return { a, b, c, d, e, f, g, h, i, j };
}
