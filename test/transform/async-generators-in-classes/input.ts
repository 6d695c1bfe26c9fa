import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}


export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let n = 0;
  class Q {
    #hidden = 1;
    async *#priv(k: number) { n++; yield await load('priv ' + k + this.#hidden++); yield load('p2'); }
    async *items() { yield* this.#priv(1); for await (const v of this.#priv(2)) yield v; const g = this.#priv; yield* g.call(this, 3); const it = this.#priv(4); yield (await it.next()).value; }
    async *[Symbol.asyncIterator]() { yield* this.items(); }
    static async *make() { yield load('static'); }
    async #m(x: number) { n += x; return load('m' + x); }
    async run() { const m = this.#m; out.push(await m(1)); out.push(await this.#m.call(this, 2)); out.push(await Promise.all([1, 2].map(this.#m)));  }
  }
  for await (const x of new Q()) out.push(x);
  for await (const x of Q.make()) out.push(x);
  await new Q().run();
  const obj = {
    async *gen() { yield load('o1'); n++; },
    ['comp' + 1]: async function* () { yield load('o2'); n++; },
    [Symbol.asyncIterator]() { let i = 0; return { next: async () => (i++ < 2 ? { done: false, value: await load('hand ' + i) } : { done: true, value: undefined }), async return() { out.push(await load('closed')); return { done: true, value: 1 }; } }; },
  };
  for await (const x of obj.gen()) out.push(x);
  for await (const x of (obj as any).comp1()) out.push(x);
  for await (const x of obj as any) { out.push(x); }
  for await (const x of obj as any) { out.push(x); break; }
  const fns = [async function* () { yield await load('f0'); }, async function* named() { yield await load('f1'); n++; }];
  for (const f of fns) for await (const v of f()) out.push(v, f.name);
  const call = async (g: () => AsyncGenerator<any>) => { const r: any[] = []; for await (const v of g()) r.push(v); return r; };
  out.push(await call(async function* () { try { yield load('c'); yield bad('c'); } catch (e) { yield (e as Error).message; } finally { n += 10; await load('fin'); } }));
  async function* rets() { try { return bad('ret'); } catch (e) { return (e as Error).message; } }
  out.push(await rets().next());
  return [out, n];
}
