import { step, waitFor } from 'use-durable';
import { act } from '../effects.ts';

/** The other order of `steered-old`, with a step between. */
export async function steered(n: number): Promise<unknown> {
  'use durable as steered';
  const two = await step('two', () => act('two', n));
  const between = await step('between', () => act('between', n));
  const one = await step('one', () => act('one', n));
  await waitFor('go');
  return [one, between, two];
}
