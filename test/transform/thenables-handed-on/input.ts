import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

const mk = (v?: unknown) => ({ then(r: (v: unknown) => void) { effect('mk ' + v); r('M' + v); } });
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const p = load('p');
  out.push(await p.then(mk), await Promise.try(mk, 4), await Promise.try(load, 5), await Array.fromAsync([1, 2], mk), await Promise.prototype.then.call(p, mk));
  const later = p.then(load).then(mk); out.push(await later);
  const h = async () => { for (const x of [1, 2]) { const q = x === 1 ? mk('h') : null; if (q) return q; } }; out.push(await h());
  const g = async (q: any) => q; out.push(await g(mk('g')));
  const arrow = (k: string) => mk(k); out.push(await arrow('ar'));
  out.push(await new Promise((r) => r(mk('np')))); 
  const w = Promise.withResolvers<any>(); w.resolve(mk('wr')); out.push(await w.promise);
  out.push(await Promise.resolve(mk('pr')));
  return out;
}
