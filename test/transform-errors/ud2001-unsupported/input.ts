import { db, job } from './steps.ts';

export async function optional(): Promise<unknown> {
  'use durable';
  return await db?.users.find(1);
}

export async function generator(): Promise<unknown> {
  'use durable';
  async function* pages(): AsyncGenerator<unknown> {
    yield await job('a');
  }
  return pages.name;
}

export async function disposing(): Promise<unknown> {
  'use durable';
  await using lock = await job('lock');
  return lock;
}
