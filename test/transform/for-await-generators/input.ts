import { effect, later } from '../../support/effects.ts';

async function load(name: string, ms: number): Promise<string> {
  effect(`load ${name}`);
  return later(ms, name);
}

/** Synchronous, so it can be run again on a replay. */
function* names(): Generator<string> {
  yield 'g1';
  yield 'g2';
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: string[] = [];
  for await (const name of names()) out.push(await load(name, 1));
  function* jobs(): Generator<Promise<string>> {
    yield load('j1', 1);
    yield load('j2', 1);
  }
  for await (const x of jobs()) out.push(x);
  return out;
}
