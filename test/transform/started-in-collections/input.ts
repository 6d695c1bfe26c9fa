import { effect, later } from '../../support/effects.ts';

async function job(name: string, ms = 2): Promise<string> {
  effect(`job ${name}`);
  return later(ms, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const array = [job('a0'), job('a1')];
  for (const promise of array) out.push(await promise);
  out.push(await array[0]);
  const pushed: Promise<string>[] = [];
  for (let i = 0; i < 3; i++) pushed.push(job(`push ${i}`));
  out.push(await Promise.all(pushed));
  const object = { x: job('x'), nested: { y: job('y') } };
  const { x } = object;
  out.push(await x, await object.nested.y);
  const byName: Record<string, Promise<string>> = {};
  for (const key of ['k', 'l']) byName[key] = job(key);
  for (const key of Object.keys(byName)) out.push(await byName[key]);
  out.push(await Promise.all(Object.values(byName)));
  const map = new Map<string, Promise<string>>();
  map.set('m', job('m'));
  out.push(await map.get('m'));
  const set = new Set([job('s')]);
  for (const promise of set) out.push(await promise);
  const mapped = ['n', 'o'].map((name) => job(name));
  const [first, ...others] = mapped;
  out.push(await first, await Promise.all(others));
  const entries = await Promise.all(Object.entries({ u: 1, v: 2 }).map(async ([key, n]) => [key, await job(key + n)] as const));
  out.push(Object.fromEntries(entries));
  return out;
}
