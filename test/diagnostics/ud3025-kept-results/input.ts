import { memoizee, wrap } from './tools.js';

async function load(id: string): Promise<string> {
  return (await fetch(`https://example.com/${id}`)).text();
}

export async function main(): Promise<unknown> {
  'use durable';
  const user = memoizee(async (id: string) => `user ${await load(id)}`);
  const out = [await user('a'), await user('b')];
  const own = async (id: string): Promise<string> => load(id);
  const wrapped = wrap(own);
  out.push(await wrapped('c'), await wrapped('c'));
  return out;
}
