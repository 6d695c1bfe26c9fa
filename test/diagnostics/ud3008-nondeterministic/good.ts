import { randomBytes, randomUUID } from 'node:crypto';
import { step } from 'use-durable';

async function save(id: string): Promise<void> {
  await Promise.resolve(id);
}

export async function main(): Promise<string> {
  'use durable';
  const secret = await step('secret', () => randomBytes(4).toString('hex'));
  const id = randomUUID();
  await save(id);
  return `${id} ${secret} ${Math.random()} ${performance.now()} ${Date.now()}`;
}
