import { job, readAll } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  async function* rows(): AsyncGenerator<unknown> {
    let sent = 0;
    sent++;
    yield job(`row ${sent}`);
  }
  return await readAll(rows());
}
