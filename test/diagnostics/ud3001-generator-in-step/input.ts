import { job, readAll } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  let sent = 0;
  async function* rows(): AsyncGenerator<unknown> {
    sent++;
    yield job('row');
  }
  return [await readAll(rows()), sent];
}
