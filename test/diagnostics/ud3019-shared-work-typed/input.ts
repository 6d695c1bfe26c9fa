import { ask, save, stream } from './services.ts';

export async function main(names: readonly string[]): Promise<unknown> {
  'use durable';
  const one = stream();
  const text = await one.finalText();
  const message = await one.finalMessage();
  const two = stream();
  two.close();
  const closed = await two.finalText();
  const three = ask('why');
  await save(three);
  await save(three);
  const four = ask('in a loop');
  for (const _ of names) await four.finished();
  return [text, message, closed];
}
