import { Cursor, readRows } from './rows.ts';

export async function main(): Promise<number> {
  'use durable';
  let sum = 0;
  const rows = readRows();
  for (let row = await rows.next(); !row.done; row = await rows.next()) sum += row.value;
  const cursor = new Cursor();
  while (await cursor.hasNext()) sum += await cursor.next();
  const response = await fetch('https://example.com');
  const reader = response.body!.getReader();
  const part = await reader.read();
  return sum + (part.value?.length ?? 0);
}
