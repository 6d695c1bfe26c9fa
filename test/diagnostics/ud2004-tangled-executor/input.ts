import { readFile } from 'node:fs';

export async function main(): Promise<unknown> {
  'use durable';
  let reads = 0;
  const text = await new Promise((resolve, reject) => {
    reads++;
    readFile('a', (error, data) => (error ? reject(error) : resolve(String(data))));
  });
  return { text, reads };
}
