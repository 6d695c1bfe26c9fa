import { ask, save } from './services.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const { name } = ask('data');
  const other = ask('data, too');
  await save(other.name);
  const kept = ask('one promise');
  return [name, await kept.text];
}
