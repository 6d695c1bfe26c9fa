import crypto, { randomBytes } from 'node:crypto';

async function save(id: string): Promise<void> {
  await Promise.resolve(id);
}

export async function main(): Promise<string> {
  'use durable';
  const id = randomBytes(4).toString('hex');
  await save(id);
  const number = crypto.randomInt(100);
  const started = process.hrtime.bigint();
  return `${id} ${number} ${started}`;
}
