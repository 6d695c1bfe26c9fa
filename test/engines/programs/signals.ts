import { signals, waitFor } from 'use-durable';
import { announce, work } from '../effects.ts';

interface Item {
  readonly id: number;
  readonly last?: boolean;
}

export async function inOrder(): Promise<unknown> {
  'use durable';
  await announce('ready');
  const name = await waitFor<string>('name');
  await work('greets', name);
  const items: Item[] = [];
  for await (const item of signals<Item>('item')) {
    items.push(item);
    await work(`item ${item.id}`, item.id);
    if (item.last) break;
  }
  const [first, second] = await Promise.all([waitFor<Date>('pair'), waitFor<Date>('pair')]);
  return { name, items, pair: [first, second] };
}
