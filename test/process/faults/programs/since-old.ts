import { step, waitFor } from 'use-durable';
import { act } from '../effects.ts';

/** What `since-new` is deployed over. */
export async function branched(n: number): Promise<unknown> {
  'use durable as branched';
  const one = await step('one', () => act('one', n));
  await waitFor('go');
  return [one, await step('two', () => act('two', n))];
}
