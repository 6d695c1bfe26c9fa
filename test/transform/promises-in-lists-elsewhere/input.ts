import pMap from 'p-map';
import { effect, later } from '../../support/effects.ts';

/** Promises that the module holds. */
const pending: readonly Promise<string>[] = [later(1, 'a'), later(2, 'b')];
const table = { first: later(1, 'first'), list: pending };

async function save(value: unknown): Promise<string> {
  effect(`save ${JSON.stringify(value)}`);
  return later(1, 'saved');
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  for (const promise of pending) out.push(await promise);
  await save('for');
  out.push(await pMap(pending, (text) => `${text}!`), await pMap(table.list, async (text) => `${text}?`));
  await save('pMap');
  out.push(await Promise.all([...pending]), await Promise.all(pending.slice(0, 1)));
  out.push(await Promise.all(pending.map((promise) => promise.then((text) => text.toUpperCase()))));
  out.push(await Promise.all(pending.map(async (promise) => `${await promise}.`)));
  await save('all');
  const [first, second] = pending;
  const { first: named } = table;
  const alias = pending;
  out.push(await first, await second, await named, await alias[1], await table.first);
  await save('names');
  return out;
}
