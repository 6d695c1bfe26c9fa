import { act, busy } from '../effects.ts';

/** A step that doesn't let the event loop go. */
export async function blocks(ms: number): Promise<unknown> {
  'use durable';
  const before = await act('before', 1);
  const between = await busy(ms);
  return [before, between, await act('after', 2)];
}

/** Goes on beside it. */
export async function counts(n: number): Promise<unknown> {
  'use durable';
  const all: unknown[] = [];
  for (let i = 0; i < 10; i++) all.push(await act(`count ${i}`, n + i));
  return all;
}
