import nodeCrypto, { randomUUID as uuid } from 'node:crypto';
import { performance as perf } from 'node:perf_hooks';
import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function echo<T>(value: T): Promise<T> {
  effect('echo');
  return later(2, value);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export async function main(): Promise<unknown> {
  'use durable';
  const before = { now: Date.now(), random: Math.random(), id: crypto.randomUUID(), date: new Date(), text: Date(), perf: performance.now() };
  // The step recorded what the body saw: a replay must see the same.
  const recorded = await echo({ ...before });
  await sleep(3);
  const same = {
    now: recorded.now === before.now,
    random: recorded.random === before.random,
    id: recorded.id === before.id && UUID.test(before.id),
    date: recorded.date.getTime() === before.date.getTime() && recorded.date instanceof Date,
    text: recorded.text === before.text,
    perf: recorded.perf === before.perf,
  };
  const after = await echo({ now: Date.now(), date: +new Date() });
  const forward = after.now >= before.now + 2 && after.date >= before.now;
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  const kept = await echo([...bytes]);
  const list = Array.from({ length: 3 }, Math.random);
  const copy = await echo(list);
  const { random } = Math;
  const fixed = new Date(86_400_000).toISOString();
  const parts = new Date(2020, 0, 1, ...([12, 30] as const)).getHours();
  const spread = new Date(...([0] as [number])).getTime();
  const ids = [uuid(), nodeCrypto.randomUUID(), globalThis.crypto.randomUUID()];
  const keptIds = await echo(ids);
  const closure = async (): Promise<number> => echo(Math.random());
  const [x, y] = await Promise.all([closure(), closure()]);
  return {
    same,
    forward,
    bytes: kept.every((byte, i) => byte === bytes[i]),
    list: copy.every((n, i) => n === list[i]) && new Set(list).size === 3,
    typeofs: [typeof random, typeof Date, typeof Date.now, Date.length, Date.UTC(1970, 0, 1)],
    fixed,
    parts,
    spread,
    ids: keptIds.every((id, i) => id === ids[i]) && new Set(ids).size === 3,
    different: x !== y,
    perf: perf.now() >= 0,
    isDate: new Date() instanceof Date,
  };
}
