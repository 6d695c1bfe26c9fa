import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}


const K = { a: Promise.resolve(7), s: 3 };
const READY = later(2, 'ready');
const lazy = { then(r: (v: unknown) => void) { effect('lazy'); r('L'); } };
const mk = () => ({ then(r: (v: unknown) => void) { effect('mk'); r('M'); } });
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  async function* g(): any { yield K.a; yield K.s; yield READY; yield lazy; yield mk(); const q = mk(); yield q; yield* [mk(), lazy]; const x = yield 'in'; out.push(x); out.push(await (yield 'in2')); return mk(); }
  const it = g();
  for (let i = 0; i < 9; i++) out.push(await it.next());
  out.push(await it.next('p'), await it.next(load('q')));
  for await (const v of [mk(), mk()]) out.push(v);
  const h = async () => READY;
  out.push(await h());
  const h2 = async () => { const q = mk(); return q; };
  out.push(await h2());
  const h3 = async () => lazy;
  out.push(await h3());
  // two at once
  async function* slow(n: string) { for (let i = 0; i < 3; i++) yield load(n + i, n === 'a' ? 1 : 3); }
  const a = slow('a'), b = slow('b');
  out.push(await Promise.all([a.next(), b.next(), a.next(), b.next()]));
  return out;
}
