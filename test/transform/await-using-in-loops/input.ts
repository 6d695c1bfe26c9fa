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
  const own = (name: string) => ({ name, async [Symbol.asyncDispose]() { out.push(await load('own ' + name)); } });
  let n = 0;
  for (await using x = own('for'), y = own('y'); n < 100; n += 60) { for (;;) { out.push(await load(x.name + n + y.name)); break; } }
  b: for (await using x of [own('1'), own('2')]) { for (;;) { out.push(await load(x.name)); continue b; } }
  return out;
}
