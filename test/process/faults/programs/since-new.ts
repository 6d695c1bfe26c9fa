import { since, step, waitFor } from 'use-durable';
import { act } from '../effects.ts';

/** `since-old` with a branch before its wait, that its runs have passed, and one behind it. */
export async function branched(n: number): Promise<unknown> {
  'use durable as branched';
  const log: unknown[] = [];
  if (since('early')) log.push(await step('early', () => act('early', n)));
  log.push(await step('one', () => act('one', n)));
  await waitFor('go');
  if (since('late')) log.push(await step('late', () => act('late', n)));
  log.push(await step('two', () => act('two', n)));
  return log;
}
