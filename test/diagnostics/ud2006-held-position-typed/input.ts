import { Readable } from 'node:stream';

async function* readRows(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

class Cursor {
  #at = 0;
  async hasNext(): Promise<boolean> {
    return this.#at < 2;
  }
  async next(): Promise<number> {
    return this.#at++;
  }
}

const rows = readRows();
const cursor = new Cursor();
const reader = new Response('text').body?.getReader();
const lines = Readable.from(['a', 'b']).iterator();

export async function main(): Promise<number> {
  'use durable';
  let sum = 0;
  for (let row = await rows.next(); !row.done; row = await rows.next()) sum += row.value;
  while (await cursor.hasNext()) sum += await cursor.next();
  const part = await reader?.read();
  const line = await lines.next();
  return sum + (part?.value?.length ?? 0) + String(line.value).length;
}
