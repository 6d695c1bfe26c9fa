import { step } from 'use-durable';
import { db, job } from './steps.ts';

const testing = process.env.NODE_ENV === 'test';

async function load(name: string): Promise<string> {
  return await job(`${process.env.API_URL}/${name}`);
}

export async function main(): Promise<unknown> {
  'use durable';
  const url = await step('url', () => process.env.API_URL ?? 'http://localhost');
  const process_ = { env: 'local' };
  const settings = await db.transaction(async (tx) => tx.find(process.env.TENANT));
  const text = await new Promise((resolve) => job(process.env.HOME, resolve));
  const order = { process: { env: 1 } };
  return [await load(url), testing, process_.env, settings, text, order.process.env];
}
