import { find, load, readChunk, readRows, take } from './services.ts';

export async function main(ids: readonly number[]): Promise<unknown> {
  'use durable';
  const rows = readRows();
  const first = await take(rows, 1);
  const second = await take(rows, 1);
  const cursor = find();
  for (const id of ids) await take(cursor, id);
  const values = ids.values();
  const some = await take(values, 2);
  const rest = [...values];
  const reader = (await load()).body!.getReader();
  const head = await readChunk(reader);
  return [first, second, some, rest, head, await readChunk(reader)];
}
