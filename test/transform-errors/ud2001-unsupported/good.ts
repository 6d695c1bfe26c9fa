import { db, job, maybe } from './steps.ts';

export async function optional(): Promise<unknown> {
  'use durable';
  return [await maybe?.(1), await db?.find(2)];
}

export async function generator(): Promise<unknown> {
  'use durable';
  const pages: unknown[] = [];
  for (const page of [1, 2]) pages.push(await job(`page ${page}`));
  return pages;
}

export async function disposing(): Promise<unknown> {
  'use durable';
  const lock = await job('lock');
  try {
    return lock;
  } finally {
    await job('unlock');
  }
}
