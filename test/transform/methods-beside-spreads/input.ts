import { effect, later, fail } from '../../support/effects.ts';
async function load(name: unknown, ms = 1): Promise<any> {
  effect(`load ${String(name)}`);
  return later(ms, name);
}

async function bad(name: string): Promise<any> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

const others = (): any => ({ m: load, foreign: load, ['k2']: load });
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = []; let n = 0; const key = 'k' + 1;
  const a: any = { async m(x: unknown) { n++; return load('own ' + x); }, ...others() };
  const b: any = { ...others(), async m(x: unknown) { n++; return load('own ' + x); }, async [key](x: unknown) { n++; return load('ck ' + x); }, ['k' + 2]: async (x: unknown) => { n++; return load(x); }, ['k' + 3]: load, async *g() { yield n++; }, plain: load, get acc() { return n; }, set acc(v) { n = v; } };
  for (const o of [a, b]) for (const k of ['m', 'foreign', 'k1', 'k2', 'k3', 'plain']) out.push(k, await o[k]?.(k), o[k]?.name);
  for await (const v of b.g()) out.push(v);
  b.acc = 50; out.push(b.acc, Object.keys(b), Object.getOwnPropertyDescriptor(b, 'm')!.enumerable);
  // Behind them, a method with a `super` stays where it is.
  const base = { async hi(x: unknown) { n++; return load('base ' + x); }, get g() { return 7; } };
  const c: any = { __proto__: base, ...others(), ['c' + n]: 1, async m(x: unknown) { n++; return ['c', await super.hi(x), super.g]; }, async hi(x: unknown) { return this.m(await super['hi'](x)); } };
  out.push(await c.m('a'), await c.hi('b'), await c.foreign('c'), c.m.name);
  return [out, n];
}
