import { EventEmitter } from 'node:events';
import PQueue from 'p-queue';
import { step } from 'use-durable';
import { Client, load } from './client.js';

export async function main(): Promise<unknown> {
  'use durable';
  const client = new Client();
  client.on('error', (error: Error) => {
    console.error(error.message);
  });
  const done = await new Promise((resolve, reject) => {
    client.once('done', resolve);
    client.once('failed', reject);
  });
  const parts = await step(async () => {
    const all: string[] = [];
    const other = new Client();
    other.on('part', (part: string) => {
      all.push(part);
    });
    await other.whole();
    return all;
  });
  const own = new EventEmitter();
  const seen: string[] = [];
  own.on('seen', (name: string) => {
    seen.push(name);
  });
  own.emit('seen', await load());
  const queue = new PQueue({ concurrency: 2 });
  let completed = 0;
  queue.on('completed', () => {
    completed++;
  });
  await queue.add(() => load());
  return [done, parts, seen, completed];
}
