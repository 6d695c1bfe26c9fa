import { effect, later } from '../../support/effects.ts';

async function keep<T>(value: T): Promise<T> {
  effect('keep');
  return later(2, value);
}

export async function main(): Promise<unknown> {
  'use durable';
  const now = Date.now;
  const a = now();
  const { random } = Math;
  const b = random();
  const { randomUUID } = globalThis.crypto;
  const c = typeof randomUUID;
  const clock = { now: Date.now, later: () => Date.now() + 1 };
  const d = clock.now();
  const e = clock.later();
  const all = await keep([a, b, d, e]);
  const m = Math;
  const f = m.random();
  const g = globalThis.Math.random();
  const rest = await keep([f, g]);
  const applied = await Reflect.apply(keep, null, ['applied']);
  return {
    same: [all[0] === a, all[1] === b, all[2] === d, all[3] === e, rest[0] === f, rest[1] === g],
    c,
    applied,
  };
}
