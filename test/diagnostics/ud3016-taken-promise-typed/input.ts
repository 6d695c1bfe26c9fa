import { ask, save } from './services.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const given = ask('as an argument');
  await save(given.text);
  const held = ask('in an object');
  await save({ text: held.text });
  const { text } = ask('taken apart');
  await save(text);
  const listed = ask('in a list');
  await save([listed.text, listed.name]);
  const last = ask('returned');
  await save(last.name);
  return last.text;
}
