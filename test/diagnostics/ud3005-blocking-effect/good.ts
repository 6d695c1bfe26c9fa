import { readFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { step } from 'use-durable';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  await fs.writeFile('a', 'b');
  const text = await step('read', () => readFileSync('a', 'utf8'));
  return await job(text);
}

export function outside(): string {
  return readFileSync('a', 'utf8');
}
