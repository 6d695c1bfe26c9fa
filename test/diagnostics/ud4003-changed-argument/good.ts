interface Order {
  readonly id: string;
  total?: number;
  readonly notes: string[];
}

async function priced(order: Order): Promise<Order> {
  order.total = order.id.length;
  return order;
}

async function copied(order: Order, notes: readonly string[] = []): Promise<number> {
  order = { ...order, notes: [...notes] };
  order.total = 1;
  const total = { total: 0 };
  total.total += order.total;
  return total.total;
}

class Client {
  readonly name = 'client';
  private calls = 0;
  async set(key: string): Promise<number> {
    this.calls++;
    return key.length + this.calls;
  }
}

class Basket {
  items: string[] = [];
  size = 0;
  async clear(from: number): Promise<void> {
    this.size = from;
  }
  async stored(): Promise<string> {
    const items = this.items;
    return items.join();
  }
}

async function save(client: Client, order: Order): Promise<string> {
  await client.set(order.id);
  const rows = [...order.notes];
  rows.push('saved');
  return rows.join();
}

export async function main(order: Order): Promise<unknown> {
  'use durable';
  const client = new Client();
  const total = await copied(order, order.notes);
  const text = await save(client, order);
  await client.set(client.name);
  const basket = new Basket();
  const before = basket.items.length;
  await basket.clear(before);
  basket.items.push(await basket.stored());
  class Shared extends Client {
    async twice(key: string): Promise<number> {
      return (await super.set(key)) + (await this.set(this.name));
    }
  }
  await new Shared().twice(client.name);
  order = await priced(order);
  const last = { id: text, notes: [] };
  return [total, basket.items, order.total, await priced(last), await priced({ id: 'a', notes: [] })];
}
