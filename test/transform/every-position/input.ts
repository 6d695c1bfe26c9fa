import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

const tagged = async (s: TemplateStringsArray, ...v: unknown[]) => { effect('tag ' + v.join()); return s.raw.join('|') + v.join(); };
class Base { constructor(public n = 1) {} async hello(x: unknown) { effect('base hello ' + x); return later(1, `base ${x} ${this.n}`); } static async make(x: unknown) { effect('make ' + x); return later(1, x); } get prop() { return 5; } }
class Err extends Error { constructor(m: string, readonly extra: number) { super(m); this.name = 'Err'; } }
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let n = 0;
  class Sub extends Base {
    static count = 0;
    static { this.count = 3; out.push('static block', this.count); }
    [`key${n}`] = 5;
    async hello(x: unknown) { n++; return 'sub ' + (await super.hello(x)) + super.prop + (await super['hello'](await load(n))); }
    static async make(x: unknown) { n++; return [await super.make(x), await super.make(await load('mk'))]; }
    get later() { return load('getter'); }
    set put(v: unknown) { n += Number(v); }
    async *gen() { yield super.hello('gen'); }
    arrow = async (x: unknown) => super.hello(x);
  }
  const s = new Sub(await load(7));
  out.push(await s.hello('x'), await Sub.make('y'), await s.later, (s.put = 5), await s.arrow('arrow'));
  for await (const v of s.gen()) out.push(v);
  const args = [await load(1), await load(2)] as const;
  out.push(await (async (...xs: unknown[]) => load(xs.join()))(...args, ...(await load([3, 4]))));
  out.push(await tagged`a${await load('t1')}b${n++}c`);
  out.push((n++, await load('comma')), n ? await load('yes') : await load('no'));
  let u: any, v: any = 1; const o: any = { k: null, deep: { a: 1 } };
  u ??= await load('u'); v ||= await load('never'); v &&= await load('v'); o.k ??= await load('k'); o[await load('key')] = await load('val'); o.deep[`${await load('tpl')}`] ??= await load('dv');
  out.push(u, v, o);
  const { a = await load('da'), b: { c = await load('dc') } = {} as any, ...rest } = await load({ x: 1, y: 2 } as any);
  const [p, q = await load('dq'), ...tail] = [await load('p')] as unknown[];
  out.push(a, c, rest, p, q, tail);
  ({ a: o.a1, [await load('ck')]: o.ck = await load('dck') } = { a: 5 } as any); out.push(o);
  out.push(typeof await load('ty'), void await load('vo'), delete o[await load('key')], !(await load(0)), -(await load(3)), (await load(2)) ** (await load(3)));
  loop: for (const i of [1, 2, 3]) { for (;;) { if ((await load(i)) === 2) continue loop; if (i === 3) break loop; break; } out.push('after ' + i); }
  switch (await load('b')) { case await load('a'): out.push('a'); case await load('b'): out.push('b'); case await load('c'): { out.push('fall'); break; } default: out.push('no'); }
  const fin = async (k: number) => { try { if (k) throw new Err('e' + (await load(k)), k); return await load('try'); } catch (e) { if (k > 1) throw e; return 'caught ' + (e as Err).extra; } finally { n += 10; if (k === 3) return 'finally ' + (await load('fin')); } };
  out.push(await fin(0), await fin(1), await fin(3)); try { await fin(2); } catch (e) { out.push((e as Err).name, (e as Err).extra, e instanceof Err); }
  out.push(new.target === undefined, typeof import.meta.url);
  async function argy() { return [arguments.length, await load(arguments[0]), arguments[1]]; }
  out.push(await (argy as any)(await load('a0'), 2, 3));
  function Old(this: any, x: unknown) { this.x = x; this.nt = new.target !== undefined; }
  out.push({ ...new (Old as any)(await load('new')) });
  const C = class Named { static async s() { return load(Named.name); } }; out.push(await C.s());
  out.push([...[1, 2].entries()].length, [...(function* () { yield n++; yield* [1, 2]; })()]);
  const it = { *[Symbol.iterator]() { yield load('i1'); yield load('i2'); } }; for (const pr of it) out.push(await pr);
  out.push(await [await load('ai')].map(async (x) => x + (await load('am')))[0], `${await load('t')}-${await load('u')}`);
  do { n++; } while ((await load(n)) < 30 && n < 25);
  for (let i = await load(0), j = await load(2); i < j; i += await load(1)) out.push(() => i);
  out.push(out.filter((x) => typeof x === 'function').map((f: any) => f()));
  return [out.filter((x) => typeof x !== 'function'), n];
}
