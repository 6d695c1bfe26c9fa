import { step } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// What a step changes comes back as its result.

interface Order {
  id: string;
  total: number;
  notes: string[];
}

async function load(id: string): Promise<Order> {
  effect(`load ${id}`);
  return later(1, { id, total: 0, notes: [] });
}

async function save(order: Order): Promise<string> {
  effect(`save ${order.id} ${order.total}`);
  return later(1, `${order.id} saved`);
}

export async function main(): Promise<unknown> {
  'use durable';
  let order = await load('a');
  order = await step('price', () => {
    effect('price');
    order.total = 10;
    order.notes.push('priced');
    return order;
  });
  const saved = await save(order);

  let a = { n: 1 };
  let b = 2;
  ({ a, b } = await step('both', () => {
    effect('both');
    a.n += 10;
    b += 10;
    return { a, b };
  }));

  let x = [1];
  let y = 0;
  [x, y] = await step('pair', async () => {
    effect('pair');
    x.push(2);
    y = x.length;
    return [x, y] as [number[], number];
  });

  const draft = { n: 1 };
  const final = await step('last', () => {
    effect('last');
    draft.n = 2;
    return draft;
  });

  let count = 0;
  for (let i = 0; i < 3; i++) {
    count = await step('count', () => {
      effect(`count ${count}`);
      count += 1;
      return count;
    });
  }
  return { order, saved, a, b, x, y, final, count };
}
