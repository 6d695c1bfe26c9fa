import { step } from 'use-durable';
import { ask, load, options, save } from './services.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const answer = await step('ask', async () => {
    const { text, usage } = ask('why');
    return { text: await text, tokens: await usage };
  });
  const { text } = answer;
  await save(text);
  // Data out of a helper, and promises that the function itself has made.
  const { retries, names } = options();
  const { promise, resolve } = Promise.withResolvers<number>();
  resolve(retries);
  const { rows } = await load(names);
  return [await promise, rows];
}
