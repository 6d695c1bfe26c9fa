import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

class Conn { constructor(readonly n: string) {} async [Symbol.asyncDispose]() { effect('close ' + this.n); await later(1, 0); } }
const open = (n: string) => new Conn(n);
const none: any = undefined;
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  async function* rows(k: string) { await using c = open(k); for (let i = 0; i < 2; i++) yield load(c.n + i); }
  async function* merged() { yield* rows('a'); await using c = open('m'); for await (const r of rows('b')) { yield r + c.n; } }
  for await (const r of merged()) { out.push(r); if (String(r).startsWith('b0')) break; }
  try { for await (const r of merged()) { out.push(r); throw new Error('stop'); } } catch (e) { out.push((e as Error).message); }
  out.push(await Promise.all(['x', 'y'].map(async (k) => { await using c = open(k); return load(c.n, k === 'x' ? 3 : 1); })));
  try { await using c = open('thrown'); await bad(c.n); } catch (e) { out.push((e as Error).message); } finally { await using d = open('fin'); out.push(d.n); }
  const get = () => open('fn'); { await using c = get(), d = none?.thing(await load('never')), e = out.length > 0 ? open('cond') : null; out.push(c.n, d, e?.n); }
  const w = new class { async *[Symbol.asyncIterator]() { try { yield 1; yield load('w'); } finally { await load('wf'); } } }();
  const [first] = await Array.fromAsync(w); out.push(first);
  const lazyKey: any = { a: { run: (x: unknown) => load('run' + x) } };
  out.push(await lazyKey?.[await load('a')]?.run(1), await lazyKey?.[await load('zz')]?.run(await load('no')), await none?.[await load('no')].run(2));
  return out;
}
