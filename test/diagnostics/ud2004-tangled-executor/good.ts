import { readFile } from 'node:fs';

export async function main(): Promise<unknown> {
  'use durable';
  const name = 'a';
  const text = await new Promise((resolve, reject) => {
    readFile(name, (error, data) => (error ? reject(error) : resolve(String(data))));
  });
  let open!: (value: string) => void;
  const gate = new Promise<string>((resolve) => {
    open = resolve;
  });
  open('opened');
  return { text, gate: await gate };
}
