import { job } from './steps.ts';

export async function main(names: string[]): Promise<unknown> {
  'use durable';
  const startAll = (list: string[]) => list.map((name) => job(name));
  return [
    await Promise.all(names.map((name) => job(name))),
    await Promise.all(names.map(job)),
    await Promise.all(startAll(names)),
    await Promise.all(Object.values({ a: job('a') })),
    await Promise.all([...names].map(async (name) => await job(name))),
  ];
}
