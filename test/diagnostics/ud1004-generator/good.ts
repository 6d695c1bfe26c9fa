import { job } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  function* names(): Generator<string> {
    yield 'a';
    yield 'b';
  }
  const out: unknown[] = [];
  for (const name of names()) out.push(await job(name));
  return out;
}

export async function* outside(): AsyncGenerator<unknown> {
  yield await job('c');
}
