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

class Parcel {
  state = 'new';
  grams = 0;
  async mark(state: string): Promise<void> {
    this.state = state;
  }
  async weigh(grams: number): Promise<void> {
    this.grams = grams;
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
  class Gift extends Parcel {
    async wrap(): Promise<void> {
      await super.mark('wrapped');
      await this.weigh(3);
    }
  }
  const gift = new Gift();
  await gift.wrap();
  return [order.total, seen, basket.items.length, basket.euros, gift.state, gift.grams];
}
