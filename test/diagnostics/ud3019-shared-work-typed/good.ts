import { ask, connect, find, save, stream } from './services.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const one = stream();
  const text = await one.finalText();
  const cursor = find();
  cursor.limit(5);
  const rows = await cursor.toArray();
  const client = connect();
  const first = await client.query('first');
  const second = await client.query('second');
  client.close();
  const answer = ask('once');
  await save(answer);
  return [text, rows, first, second];
}
