import { effect, fail, inTurn } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return inTurn(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

const each = async (it: AsyncIterable<any>) => { effect('each'); const r = []; for await (const v of it) r.push(v); return r; };
class Q { constructor(readonly parts: string[]) {} add(p: unknown) { return new Q([...this.parts, String(p)]); } then(ok: (v: unknown) => void) { effect('q ' + this.parts); ok(this.parts.join('+')); } }
const db: any = { q: (x: unknown) => new Q(['q' + x]), late: async (x: unknown) => { effect('late ' + x); return new Map([[x, 1]]); } };
const sql = (s: TemplateStringsArray, ...v: unknown[]) => new Q([...s.raw, ...v.map(String)]);
class Base { async hello(x: unknown) { effect('hello ' + x); return x; } maybe: any; }
const shop = { base: 2, items: { find: async (x: unknown) => { effect('find ' + x); return { x, more: "m" + x }; } } as any };
async function other(n: number): Promise<number> { 'use durable'; async function* g() { yield load('o' + n); if (n > 0) yield await other(n - 1); } let s = 0; for await (const v of g()) s += typeof v === 'number' ? v : 1; return s; }
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = []; let n = 0;
  async function* walk(depth: number): AsyncGenerator<any> { if (depth > 2) return; yield load('d' + depth); yield* walk(depth + 1); n++; yield* [walk.name, depth]; }
  for await (const v of walk(0)) out.push(v);
  async function* pure() { yield load("pure"); } out.push(await each(pure()));
  const shared = walk(0); const take = async (w: string) => { for (;;) { const r = await shared.next(); if (r.done) return; out.push(w + r.value); await load(w, 2); } };
  await Promise.all([take('a'), take('b')]);
  async function* yi(): any { const got = yield db.q(1).add(yield 'first').add(await load('x')); out.push(got); const r = await (yield* inner()); return r; }
  async function* inner(): any { try { yield 'inner'; } finally { out.push(await load('inner fin')); } return load('ret'); }
  const it = yi(); out.push(await it.next(), await it.next('sent'), await it.next('after'), await it.next(), await it.next());
  class S extends Base { async go() { return [await super.hello?.(1), await (super.hello)(2), await this.maybe?.(n++), await this?.hello(3), await this.maybe?.a.b(n++)]; } }
  out.push(await new S().go());
  out.push(await sql`a${await load('s')}`.add(await load('t')).add(3), await sql`b`, await (sql`c`).add(1));
  out.push(await other(2));
  out.push((await (await shop?.items.find(1)).more), (await shop.items?.find(await load("k")))?.more.concat("!"), await shop?.items?.['find'](2).then((r: any) => { n++; return r.x; }));
  out.push(await (await db.late(await load('key'))).get(await load('key')), [...(await db.late('sp')).keys()]);
  const fn = (await load(1)) ? async () => load('fn') : undefined; out.push(await fn?.());
  const gens = [walk(2), inner()]; for (const g of gens) { for await (const v of g) { out.push(v); break; } }
  { await using a = { v: 1, [Symbol.asyncDispose]: async () => { out.push(await load('da')); } }; const f = async () => { await using a2 = { w: a.v, async [Symbol.asyncDispose]() { out.push(await load('da2')); } }; if (a2.w) return load('inner ret'); return 0; }; out.push(await f()); }
  const p = (async () => { await using z = { async [Symbol.asyncDispose]() { await bad('zd'); } }; await bad('zb'); out.push(z); })(); try { await p; } catch (e: any) { out.push(e.name, e.error.message, e.suppressed.message); }
  label: for (const k of [1, 2, 3]) { await using r = { k, async [Symbol.asyncDispose]() { n += k; await load('r' + k); } }; if (k === 1) continue label; if (r.k === 2) break label; }
  return [out, n];
}
