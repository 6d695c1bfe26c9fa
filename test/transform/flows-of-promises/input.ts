import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

const pMap = async (xs: unknown[], f: (x: any) => Promise<any>) => { effect('pMap'); const r = []; for (const x of xs) r.push(await f(x)); return r; };
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let n = 0;
  let p = load('first');
  for (let i = 0; i < 3; i++) { const prev = p; p = load('r' + i, 3 - i); out.push(await prev); }
  out.push(await p);
  const later = () => p; out.push(await later());
  const box = { p: load('boxed'), list: [load('l1'), load('l2')] as any[] };
  box.list.push(load('l3')); box.list[3] = load('l4');
  out.push(await box.p, await Promise.all(box.list));
  const jobs: Array<() => Promise<any>> = [];
  for (const k of ['a', 'b']) jobs.push(async () => { n++; return load('job ' + k + n); });
  for (const j of jobs.reverse()) out.push(await j());
  out.push(await pMap([1, 2], async (x) => load('in step ' + x)));
  let index = 0; const queue = ['q1', 'q2', 'q3', 'q4', 'q5'];
  const worker = async (w: string) => { const mine: string[] = []; while (index < queue.length) { const item = queue[index++]; mine.push(await load(w + item, 1)); } return mine; };
  out.push(await Promise.all([worker('w1'), worker('w2')]));
  const race = await Promise.race([load('fast', 1), (async () => { await load('slow', 15); return 'loser'; })()]);
  out.push(race);
  out.push(await Promise.any([Promise.all([bad('x'), load('y')]), Promise.race([load('z', 1), load('zz', 30)])]));
  out.push(await Promise.allSettled([bad('s'), Promise.all([load('t'), Promise.resolve(4)])]).then((r) => r.map((x) => x.status)));
  const { promise, resolve } = Promise.withResolvers<any>(); resolve(load('resolved')); out.push(await promise);
  const w2 = Promise.withResolvers<any>(); (async () => { w2.resolve(await load('wr')); })(); out.push(await w2.promise);
  out.push(await Promise.try(load, 'try'), await Promise.try(async () => { n++; return load('tryc'); }), await Promise.try(() => 5));
  out.push(await Promise.prototype.then.call(load('thencall'), (v: any) => { n++; return v + '!'; }));
  out.push(await Promise.prototype.then.call(load('thencall2'), load));
  out.push(await [1, 2, 3].reduce(async (acc, x) => [...(await acc), await load('red' + x)], Promise.resolve([] as any[])));
  out.push([3, 1, 2].sort((a, b) => { n++; return a - b; }));
  async function fact(k: number): Promise<number> { return k <= 1 ? 1 : k * (await fact((await load(k)) - 1)); } out.push(await fact(4));
  async function even(k: number): Promise<boolean> { return k === 0 ? true : odd((await load(k)) - 1); } async function odd(k: number): Promise<boolean> { return k === 0 ? false : even(k - 1); } out.push(await even(3));
  async function dflt(x: any = load('d1'), f = async () => { n++; return load('d2'); }) { return [await x, await f()]; } out.push(await dflt());
 
 
  const dec = (m: any, _c: any) => async function (this: any, ...a: any[]) { n++; return 'dec ' + (await m.apply(this, a)) + (await load('decl')); };
  class D { @dec async m(x: string) { return load(x); } @dec static async s(x: string) { return load('st' + x); } }
  out.push(await new D().m('mm'), await D.s('ss'));
  const acc = { get now() { return load('acc'); }, async *[Symbol.asyncIterator]() { yield load('ait'); } };
  out.push(await acc.now); for await (const x of acc) out.push(x);
  const stored = new Map<string, (x: number) => Promise<any>>(); stored.set('k', async (x) => { n += x; return load('st' + n); });
  out.push(await stored.get('k')!(2), await stored.get('zz')?.(n++));
  const bound = worker.bind(null, 'bb'); index = 4; out.push(await bound());
  const t = setUp(); function setUp() { return [load('hoisted'), load('h2')]; } out.push(await t[1], await t[0]);
  const timed = await Promise.race([load('quick'), new Promise((r) => setTimeout(() => r('timeout'), 50))]); out.push(timed);
  const chained = load('c').then((x) => { n++; return load(x + 2); }).catch(() => 0).finally(async () => { n++; await load('f'); }); out.push(await chained);
  const cond = n > 0 ? load('c1') : load('c2'); const orr = null ?? load('or'); out.push(await cond, await orr);
  let m; m = load('assigned'); let m2; (m2 = m); out.push(await m2);
  out.push(await Promise.all(Object.entries({ a: 1, b: 2 }).map(async ([k, v]) => [k, await load(v)])), await Promise.all(Array.from({ length: 2 }, (_, i) => load('fr' + i))), await Promise.all([...['x', 'y']].flatMap((x) => [load(x), load(x + x)])));
  return [out, n];
}
