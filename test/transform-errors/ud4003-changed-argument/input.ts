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

export async function main(order: Order): Promise<unknown> {
  'use durable';
  const seen = new Map<string, number>();
  for (const name of ['a', 'b']) await collect(seen, name);
  await price(order);
  await mailer.remind(order.id, order.notes);
  return [order.total, seen];
}
