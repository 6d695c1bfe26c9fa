import { step } from 'use-durable';
import { find, load, readChunk, readRows, save, take } from './services.ts';

export async function main(ids: readonly number[]): Promise<unknown> {
  'use durable';
  const [first, second] = await step(async () => {
    const rows = readRows();
    return [await take(rows, 1), await take(rows, 1)];
  });
  const cursor = find();
  const found = await take(cursor, 10);
  await cursor.close();
  const response = await load();
  await save(response.status);
  await save(response);
  const again = await response.text();
  for (const id of ids) await take(ids.values(), id);
  const values = ids.values();
  const some = ids.length > 2 ? await take(values, 2) : await take(values, 1);
  const reader = (await load()).body!.getReader();
  if (ids.length > 1) return await readChunk(reader);
  const head = await readChunk(reader);
  reader.releaseLock();
  return [first, second, found, again, some, head];
}
