// A step that a crash interrupts is called again with what it was given: arguments, receivers and captured variables as they
// were at the call, however they have changed since.
import { step } from 'use-durable';
import { effect, inTurn } from '../../support/effects.ts';

const tick = async (name: string, ms: number): Promise<string> => {
  effect(`tick ${name}`);
  await inTurn(ms, 0);
  return name;
};

const publish = async (what: unknown): Promise<string> => {
  const body = JSON.stringify(what);
  effect(`publish ${body}`);
  await inTurn(12, 0);
  return body;
};

class Cart {
  readonly items: string[] = [];
}

export async function main(): Promise<unknown> {
  'use durable';
  const rows: string[] = [];
  const sent = await Promise.all(
    [1, 2, 3].map(async (n) => {
      rows.push(await tick(`row${n}`, n * 3));
      return await publish(rows);
    }),
  );
  let total = 1;
  const named = step('named', () => publish(total));
  const order = { n: 1, tags: new Set(['new']) };
  const saved = publish(order);
  const chained = publish(order).then((text) => text.length);
  const cart = new Cart();
  cart.items.push('bread');
  const stored = step('cart', () => publish({ items: cart.items, at: order.n }));
  total += Number(await tick('2', 1));
  order.n = Number(await tick('3', 1));
  order.tags.add('late');
  cart.items.push(await tick('milk', 2));
  const late = await step('late', () => publish([total, order.n, cart.items]));
  return { sent, named: await named, saved: await saved, chained: await chained, stored: await stored, late, total };
}
