import { env } from 'node:process';
import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const url = process.env.API_URL ?? 'http://localhost';
  if (env['FAST'] === '1') return await job('fast');
  const first = process.argv[2];
  return await job(`${url} ${first} ${process.cwd()}`, globalThis.process.env.TOKEN);
}
