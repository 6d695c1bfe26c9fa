import { readdir, stat } from 'node:fs/promises';
import { registerClass, step } from 'use-durable';

class Order {
  readonly id: string;
  readonly at = new Date(0);
  private readonly cents = 1;
  readonly #secret = 1;
  constructor(id: string) {
    this.id = id;
  }
  get price(): number {
    return this.cents + this.#secret;
  }
  total(): number {
    return this.price;
  }
}

class Money {
  readonly cents = 1;
  shown(): string {
    return `${this.cents}`;
  }
}
registerClass(Money);

class Refused extends Error {
  readonly tries = 1;
  again(): boolean {
    return true;
  }
}

interface Page {
  readonly items: string[];
  readonly total: number;
  next?(): Promise<Page>;
}

const orders = {
  find: async (id: string): Promise<Order> => new Order(id),
  all: async (): Promise<Order[]> => [],
  price: async (): Promise<Money> => new Money(),
  refused: async (): Promise<Refused> => new Refused(),
  page: async (): Promise<Page> => ({ items: [], total: 0 }),
};
const save = async (what: unknown): Promise<void> => console.log(what);

export async function main(): Promise<unknown> {
  'use durable';
  const order = await orders.find('1');
  await save([order.id.toUpperCase(), order.at.toISOString(), order.price.toFixed(2), order.hasOwnProperty('id')]);
  const all = await orders.all();
  await save(all.map(({ id }) => id).join());
  await save(await step('total', async () => (await orders.find('1')).total()));
  await save((await orders.price()).shown());
  await save((await orders.refused()).again());
  const { items, total } = await orders.page();
  const mine = new Order('2');
  await save([items, total, mine.total()]);
  const [stats, entries] = await Promise.all([stat('.'), readdir('.', { withFileTypes: true })]);
  return [order, stats.size, stats.mtime.getTime(), entries.map(({ name }) => name)];
}
