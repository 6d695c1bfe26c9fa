import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { step } from 'use-durable';

class Order {
  readonly id: string;
  readonly lines: Line[] = [];
  constructor(id: string) {
    this.id = id;
  }
  total(): number {
    return this.lines.length;
  }
}

class Line {
  readonly cents = 1;
  shown(): string {
    return `${this.cents}`;
  }
}

class Session {
  readonly user = 'ada';
  readonly socket: Socket = connect(80);
  close(): void {}
}

const orders = {
  find: async (id: string): Promise<Order> => new Order(id),
  maybe: async (): Promise<Order | undefined> => undefined,
  all: async (): Promise<Order[]> => [],
  byId: async (): Promise<Map<string, Order>> => new Map(),
};
const login = async (): Promise<Session> => new Session();
const save = async (what: unknown): Promise<void> => console.log(what);

export async function main(): Promise<unknown> {
  'use durable';
  const order = await orders.find('1');
  await save(order.total());
  await save((await orders.find('2')).total());
  const maybe = await orders.maybe();
  await save(maybe?.total());
  const all = await orders.all();
  for (const one of all) await save(one.total());
  await save(all.map((one) => one.total()));
  await save(all[0]?.lines.at(-1)?.shown());
  const byId = await orders.byId();
  await save(byId.get('1')?.total());
  const [first, second] = await Promise.all([orders.find('1'), orders.find('2')]);
  await save(first.total() + second.total());
  const { user, socket } = await login();
  const session = await login();
  session.close();
  session.socket.end(user);
  const entries: Dirent[] = await readdir('.', { withFileTypes: true });
  const stats: Stats = await stat('.');
  return [entries.filter((entry) => entry.isFile()), stats.isDirectory(), await step('later', () => order.total()), socket];
}
