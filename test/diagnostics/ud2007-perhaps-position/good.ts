import { queue, readAll } from './rows.ts';

export async function main(): Promise<number> {
  'use durable';
  let sum = 0;
  for (const row of await readAll()) sum += row;
  async function* own(): AsyncGenerator<number> {
    yield (await readAll()).length;
  }
  const mine = own();
  for (let one = await mine.next(); !one.done; one = await mine.next()) sum += one.value;
  const response = await fetch('https://example.com');
  const text = await response.text();
  return sum + text.length + (await queue.next()).length;
}
