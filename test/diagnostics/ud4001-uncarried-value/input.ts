import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { createRuntime, memoryStore, step } from 'use-durable';

interface Session {
  readonly user: { readonly socket: Socket };
}

/** Shows nothing of what it holds. */
class Order {
  readonly #id: string;
  constructor(id: string) {
    this.#id = id;
  }
  total(): number {
    return this.#id.length;
  }
}

async function login(name: string): Promise<Session> {
  return { user: { socket: connect(80, name) } };
}

const orders = {
  find: async (id: string): Promise<Order> => new Order(id),
  all: async (): Promise<Order[]> => [],
  watch: async (): Promise<() => void> => () => {},
  key: async (): Promise<symbol> => Symbol('key'),
  byId: async (): Promise<Map<string, Order>> => new Map(),
  started: async (): Promise<{ job: Promise<string> }> => ({ job: Promise.resolve('') }),
  seen: async (): Promise<WeakMap<Order, number>> => new WeakMap(),
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
  const hash: Hash = await step('hash', () => createHash('md5'));
  const seen: WeakMap<Order, number> = await orders.seen();
  const file = await step('open', () => open('a'));
  onDone();
  await started;
  console.log(session, all, stop, key, byId, jobs, rows, hash, seen, file);
  return order;
}

export const run = () => createRuntime({ store: memoryStore() }).start(main, [() => {}, new Order('1')]);
