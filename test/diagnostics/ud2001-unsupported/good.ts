import { db, job, maybe } from './steps.ts';

export async function optional(): Promise<unknown> {
  'use durable';
  return [await maybe?.(1), await db?.find(2), await db?.users.find(1)];
}

export async function disposing(): Promise<unknown> {
  'use durable';
  await using lock = { [Symbol.asyncDispose]: () => job('unlock') };
  const tools = { console: console, lock };
  return Object.keys(tools);
}

export async function computed(name: string, others: object): Promise<unknown> {
  'use durable';
  const tools = { ...others, async [name]() {} };
  return Object.keys(tools);
}

export async function chained(queue: { next?(): Promise<string> }): Promise<unknown> {
  'use durable';
  const text = await queue.next?.().then((part) => part.trim());
  return text?.concat('!');
}
