interface Order {
  readonly id: string;
  total?: number;
  readonly notes: string[];
}

async function price(order: Order): Promise<void> {
  order.total = order.id.length;
}

const mailer = {
  async remind(_to: string, notes: string[]): Promise<void> {
    notes.push('reminded');
  },
};

async function collect(seen: Map<string, number>, name: string): Promise<void> {
  seen.set(name, 1);
}

class Basket {
  readonly items: string[] = [];
  #cents = 0;
  get euros(): number {
    return this.#cents / 100;
  }
  async add(name: string): Promise<void> {
    this.items.push(name);
  }
  async pay(cents: number): Promise<void> {
    this.#cents += cents;
  }
}

export async function main(order: Order): Promise<unknown> {
  'use durable';
  const basket = new Basket();
  await basket.add('pen');
  await basket.pay(5);
  const seen = new Map<string, number>();
  for (const name of ['a', 'b']) await collect(seen, name);
  await price(order);
  await mailer.remind(order.id, order.notes);
  return [order.total, seen, basket.items.length, basket.euros];
}
