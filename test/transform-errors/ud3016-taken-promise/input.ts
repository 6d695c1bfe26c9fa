import { ask, open, save } from './services.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const { text, usage } = ask('why');
  await save(await text);
  const [first, second] = open();
  const both = await Promise.all([first, second]);
  return usage.then((tokens) => [tokens, both]);
}
