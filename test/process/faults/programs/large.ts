import { sleep } from 'use-durable';
import { act } from '../effects.ts';

/** Keeps a large value over a wait. */
export async function large(size: number, wait: number): Promise<unknown> {
  'use durable';
  const value = await act('x'.repeat(size), 1);
  await sleep(wait);
  return value.length;
}
