import { randomUUID } from 'node:crypto';
import { step } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function save<T>(value: T): Promise<T> {
  effect('save');
  return later(1, value);
}

export async function main(): Promise<unknown> {
  'use durable';
  // Read here, recorded by a step, and returned later: a replay must return the same one.
  const create = async () => {
    const id = crypto.randomUUID();
    const saved = await save(id);
    return { id, saved };
  };
  const imported = async () => {
    const id = randomUUID();
    return [await save(id), id];
  };
  const id = crypto.randomUUID();
  const byHand = await step('returns it', () => id);
  const started = performance.now();
  const kept = await step('kept', () => started);
  const make = () => Math.random();
  const number = make();
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  const copy = await step('copy', () => bytes);
  const now = new Date();
  const at = await step('at', () => now);
  const a = await create();
  const b = await imported();
  return {
    create: a.id === a.saved,
    imported: b[0] === b[1],
    byHand: id === byHand,
    performance: started === kept,
    number: number === (await save(number)),
    bytes: bytes.join() === copy.join(),
    now: now.getTime() === at.getTime(),
  };
}
