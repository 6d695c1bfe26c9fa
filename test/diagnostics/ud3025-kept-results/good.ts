import { memoize } from 'lodash';
import pMemoize from 'p-memoize';
import { cached, wrap } from './tools.js';

async function load(id: string): Promise<string> {
  return (await fetch(`https://example.com/${id}`)).text();
}

export async function main(): Promise<unknown> {
  'use durable';
  const user = memoize(async (id: string) => `user ${await load(id)}`);
  const item = pMemoize(async (id: string) => `item ${await load(id)}`);
  const out = [await user('a'), await user('a'), await item('a'), await item('a')];
  const known = new Map<string, Promise<string>>();
  const order = (id: string): Promise<string> => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const loaded = load(id);
    known.set(id, loaded);
    return loaded;
  };
  out.push(await order('a'), await order('a'));
  const retried = wrap(async (id: string) => load(id));
  out.push(await retried('a'), await retried('b'));
  const once = cached(async () => load('once'));
  out.push(await once());
  return out;
}
