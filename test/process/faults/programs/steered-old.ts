import { step, waitFor } from 'use-durable';
import { act } from '../effects.ts';

/** What `steered-new` is deployed over. */
export async function steered(n: number): Promise<unknown> {
  'use durable as steered';
  const one = await step('one', () => act('one', n));
  const two = await step('two', () => act('two', n));
  await waitFor('go');
  return [one, two];
}
