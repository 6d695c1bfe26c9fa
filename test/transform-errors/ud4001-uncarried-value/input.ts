import { type Dirent, type Stats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { createRuntime, memoryStore, step } from 'use-durable';

interface Session {
  readonly user: { readonly name: string; readonly socket: Socket };
}

class Order {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
  total(): number {
    return this.id.length;
  }
}

async function login(name: string): Promise<Session> {
  return { user: { name, socket: connect(80) } };
}

const orders = {
  find: async (id: string): Promise<Order> => new Order(id),
  all: async (): Promise<Order[]> => [],
  watch: async (): Promise<() => void> => () => {},
  key: async (): Promise<symbol> => Symbol('key'),
  byId: async (): Promise<Map<string, Order>> => new Map(),
  started: async (): Promise<{ job: Promise<string> }> => ({ job: Promise.resolve('') }),
  rows: async (): Promise<AsyncIterable<string>> => process.stdin,
};

export async function main(onDone: () => void, order: Order): Promise<Order | Socket> {
  'use durable';
  const session = await login('ada');
  await orders.find('1');
  const all = await Promise.all(['a'].map((id) => orders.find(id)));
  const started = orders.all();
  const stop = await orders.watch();
  const key = await orders.key();
  const byId = await orders.byId();
  const jobs = await orders.started();
  const rows = await orders.rows();
  const entries: Dirent[] = await readdir('.', { withFileTypes: true });
  const stats: Stats = await stat('.');
  const file = await step('open', () => open('a'));
  onDone();
  await started;
  console.log(session, all, stop, key, byId, jobs, rows, entries, stats, file);
  return order;
}

export const run = () => createRuntime({ store: memoryStore() }).start(main, [() => {}, new Order('1')]);
