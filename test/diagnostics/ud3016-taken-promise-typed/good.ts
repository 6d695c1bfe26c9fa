import { ask, save } from './services.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const { name } = ask('data');
  const other = ask('data, too');
  await save(other.name);
  const kept = ask('one promise');
  return [name, await kept.text];
}

export async function early(first: boolean): Promise<unknown> {
  'use durable';
  const one = ask('one of two');
  if (first) return one.text;
  await save('late');
  return await one.text;
}

export async function atOnce(): Promise<unknown> {
  'use durable';
  return ask('at once').text;
}
