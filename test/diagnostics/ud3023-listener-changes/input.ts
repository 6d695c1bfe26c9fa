import { sleep } from 'use-durable';
import { Client } from './client.js';

export async function main(): Promise<unknown> {
  'use durable';
  const client = new Client();
  const parts: string[] = [];
  let failed = false;
  client.on('part', (part: string) => {
    parts.push(part);
  });
  client.once('error', () => {
    failed = true;
  });
  await sleep('1s');
  return [parts, failed];
}
