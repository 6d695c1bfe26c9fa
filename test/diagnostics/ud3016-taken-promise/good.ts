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
  // One promise, and nothing else of the object; or one of two.
  const one = ask('once');
  const other = ask('either');
  const either = retries > 3 ? await other.text : await other.usage;
  return [await promise, rows, await one.text, either, await ask('at once').text];
}
