import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

class B { constructor(private log: string[]) {} from(t: string) { this.log.push('from ' + t); return this; } where(c: unknown) { this.log.push('where ' + c); return this; } limit(n: number) { this.log.push('limit ' + n); return this; }
  get nothing(): any { return null; }
  then(ok: (v: unknown) => void) { effect('run ' + this.log.join(' ')); ok(this.log.join(' ')); } }
const db: any = { select: () => new B(['select']), deep: { select: () => new B(['deep']) }, none: null, maker: { make: async (n: string) => { effect('make ' + n); return { n }; } } };
const nil: any = null; const nofn: any = {};
const eq = (a: unknown, b: unknown) => `${a}=${b}`;
let calls = 0;
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let n = 0;
  const next = () => ++n;
  const f = async (k: string) => { n++; return load(k); };
  out.push(await db.select().from('t').where(eq('id', await f('x'))));
  out.push(await db.select().from('t').where(eq('id', await f('x'))).limit(3));
  out.push(await db.select().where(next()).where(await load(1)).limit(next()));
  out.push(await db?.select().from('t').where(await load(2)));
  out.push(await db?.select()?.from('opt')?.limit(1));
  out.push(await nil?.select(next()).from(await load('no')).limit(next()));
  out.push(await db.deep?.select().from('d'), await db.none?.select(next()).from(next()), await nil?.a.b.c(next()), await db?.deep.select());
  out.push(await db.nothing?.(next()).foo(next()), await db.select?.().from('q'));
  try { await (nil?.select)(next()); } catch (e) { out.push((e as Error).constructor.name); }
  try { await (nil?.select(next())).from(next()); } catch (e) { out.push((e as Error).constructor.name); }
  try { await nofn?.a.b(next()); } catch (e) { out.push((e as Error).message); }
  try { await nofn?.a(next()); } catch (e) { out.push((e as Error).constructor.name); }
  out.push(await (db.select()).from('paren'), await ((db.select().from('p2'))).limit(2), await (((db.select()).from('p3')).limit)(3));
  out.push(await (load('then')).then((v) => v + '!'), await ((load('then2')).then((v) => v + '?')).finally(() => {}));
  out.push(await (await f('g')).concat('h'), (await (await db.maker.make('mm')).n).length, await (db?.select)().limit(9));
  out.push(await db[await load('select')]().from('key'), await db?.[await load('select')]().from('key2'), await nil?.[next()](next()), await db?.select()[await load('limit')](4));
  out.push(await db.select(await load('a'))!.from('nn')!.limit(1), await db?.select!().limit(5));
  const loc: any = n > 1000 ? null : db, lnil: any = n > 1000 ? db : null;
  out.push(await loc?.select().from('l'), await lnil?.select(next()).from(next()), await loc?.maker.make('l1').then((v: any) => { n++; return v; }), await lnil?.maker.make(next()).then(() => n++));
  const p = loc?.maker.make('p').then((x: any) => x.n); out.push(await p);
  const q = lnil?.maker.make(next()); out.push(await q);
  out.push(await loc?.maker?.make?.('mk'), await loc?.maker?.nope?.(next()), await loc?.[next() ? 'maker' : '']?.make('k'), await lnil?.[next()]?.make(next()));
  const objs = [{ async go(k: string) { n++; return [await load(k)]; }, self() { n++; return this; } }];
  out.push(await objs[0]?.self().go('own'), await objs[5]?.self().go(String(next())), await objs.at(0)?.self().self().go('own2'));
  out.push(await Promise.all([loc?.maker.make('a'), db?.maker.make('b'), db?.select().from('c')]));
  out.push(delete loc?.zzz, typeof (await loc?.maker?.make('ty')), await db?.maker.make('s').n);
  return [out, n, calls];
}
