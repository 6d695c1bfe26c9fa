import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

const foreign = (n: string, how = 'ok'): any => ({ n, async [Symbol.asyncDispose]() { effect('dispose ' + n); await later(1, 0); if (how === 'bad') throw new Error('dispose ' + n); return () => 1; } });
const sync = (n: string): any => ({ n, [Symbol.dispose]() { effect('sync dispose ' + n); return new Promise(() => {}); } });
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let n = 0;
  const own = (name: string) => ({ name, async [Symbol.asyncDispose]() { n++; out.push(await load('own ' + name)); } });
  {
    await using a = own('a'), b = foreign('b'), c = sync('c'), z = null, u = undefined;
    const x = await load(a.name + b.n + c.n + String(z) + String(u));
    out.push(x);
  }
  const f = async (k: string) => { await using r = own(k); await using q = foreign(k); return load('in ' + r.name + q.n); };
  out.push(await f('1'), await Promise.all([f('2'), f('3')]));
  for (await using x of [own('l1'), foreign('l2'), null]) { const y = x; out.push(await load(y?.name ?? y?.n)); if (y?.n === 'l2') continue; }
  for await (await using x of [own('m1'), foreign('m2')]) { if (x.n) break; out.push(x.name) }
  for (await using x = own('for'), y = foreign('y'); n < 100; n += 60) { for (;;) { out.push(await load(x.name + n + y.n)); break; } }
  try { await using e = foreign('e', 'bad'); await using d = foreign('d', 'bad'); await bad('body ' + e.n + d.n); }
  catch (err) { const s = err as SuppressedError; out.push(s.constructor.name, s.error.message, s.suppressed.constructor.name, s.suppressed.error.message, s.suppressed.suppressed.message); }
  try { await using nope = {} as any; out.push(nope); } catch (err) { out.push((err as Error).constructor.name); }
  try { await using nope = 5 as any; out.push(nope); } catch (err) { out.push((err as Error).constructor.name); }
  async function* g() { try { yield await load('g'); } finally { out.push(await load('g closed')); } }
  { await using it = g(); out.push((await it.next()).value); }
  async function* h() { await using r = foreign('in gen'); yield r.n; yield load('more'); }
  for await (const v of h()) { out.push(v); break; }
  { using s = { [Symbol.dispose]() { n++; } }; out.push(typeof s); }
  { using s = new DisposableStack(); s.defer(() => { n++; }); }
  { await using s = new DisposableStack(); s.defer(() => { n++; }); }
  class R { constructor(readonly k: string) {} async [Symbol.asyncDispose]() { n += 7; await load('R ' + this.k); } }
  switch (await load(1)) { case 1: { await using r = new R('case'); out.push(r.k); } }
  await using last = new R('last'); return [out, n, last.k];
}
