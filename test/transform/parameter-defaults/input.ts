import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function child(name: string, at = Date.now(), make = async () => `${name} ${await job('default')}`) {
  'use durable';
  const before = at;
  const made = await make();
  return { made, same: before === at, past: at <= Date.now() };
}

export async function main(chance = Math.random(), ids = [1, 2].map((n) => `${n}${chance < 1}`)): Promise<unknown> {
  'use durable';
  const first = chance;
  const a = await child('a');
  const b = await child('b', 5);
  return { ids, a, b, same: first === chance };
}
