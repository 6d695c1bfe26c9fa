import { effect, later } from '../../support/effects.ts';

async function fetchItem(id: number): Promise<string> {
  effect(`fetch ${id}`);
  await later(30 - id * 9, 0);
  return `item${id}`;
}

async function save(text: string): Promise<number> {
  effect(`save ${text}`);
  return later(1, text.length);
}

export async function main(): Promise<unknown> {
  'use durable';
  const order: string[] = [];
  let total = 0;
  const results = await Promise.all(
    [1, 2, 3].map(async (id, index) => {
      const item = await fetchItem(id);
      order.push(item);
      const size = await save(`${item}@${index}`);
      total += size;
      return { item, index, seen: order.length };
    }),
  );
  const short = await Promise.all([4, 5].map(async (n) => save(`s${n}`)));
  const named = await Promise.all(
    ['x', 'yy'].map(async function (this: unknown, s) {
      return (await save(s)) + (await save(s + s));
    }),
  );
  await Promise.all(order.map(async () => {}));
  return { results: results.map(({ item, index }) => `${item}${index}`), order, total, short, named };
}
