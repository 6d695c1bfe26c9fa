import { act, deadly, stay } from '../effects.ts';

/** Does what `how` says to the process that calls its second step. */
export async function kills(how: string): Promise<unknown> {
  'use durable';
  const before = await act('before', 1);
  return [before, await deadly(how)];
}

/** Steps that take long, and are innocent. */
export async function slow(ms: number): Promise<unknown> {
  'use durable';
  const before = await act('before', ms);
  await stay(ms);
  return [before, await act('after', ms)];
}

/** Short steps. */
export async function quick(n: number): Promise<unknown> {
  'use durable';
  const all: unknown[] = [];
  for (let i = 0; i < 5; i++) all.push(await act(`turn ${i}`, n + i));
  return all;
}
