import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashSweep } from '../../runtime/testing/index.ts';
import { load, type Program, reportedOf, sources } from './programs.ts';
import { startMongo } from './servers/mongo.ts';
import { startMysql } from './servers/mysql.ts';
import { type Running, startPostgres } from './servers/postgres.ts';
import { startRedis } from './servers/redis.ts';
import { startWeb } from './servers/web.ts';

/** The clients that people call most, each against a server: what their calls give is what plain code gets, after any crash. */

const opened: Program[] = [];
let running: Running[] = [];

beforeAll(async () => {
  const order = (id: number) => ({ body: { id, total: id * 5 }, headers: { 'x-request': 'r-1' } });
  const servers = await Promise.all([
    startPostgres(),
    startMysql(),
    startMongo(),
    startRedis(),
    startWeb({
      'GET /orders/1': () => order(1),
      'GET /orders/2': () => order(2),
      'POST /orders': ({ body }) => ({ status: 201, body: { id: 3, ...(body as object) } }),
      'GET /orders/404': () => ({ status: 404, body: { reason: 'no such order' } }),
    }),
  ]);
  const [postgres, mysql, mongo, redis, web] = servers;
  running = servers;
  await postgres.sql(`
    create type "Status" as enum ('OPEN', 'PAID');
    create table "Order" (id serial primary key, customer text not null, total decimal(65,30) not null,
      cents bigint not null default 0, status "Status" not null default 'OPEN', note jsonb,
      at timestamp(3) not null default current_timestamp);
    create table "Item" (id serial primary key, sku text not null, "orderId" int not null references "Order"(id));`);
  Object.assign(process.env, {
    POSTGRES_URL: postgres.url,
    MYSQL_URL: mysql.url,
    MONGO_URL: mongo.url,
    REDIS_URL: redis.url,
    WEB_URL: web.url,
  });
});

afterAll(async () => {
  for (const { close } of opened) await close();
  for (const { stop } of running) await stop();
});

async function open(name: string, kind: 'plain' | 'text' | 'tspc'): Promise<Program> {
  const program = await load(name, kind);
  await program.open?.();
  opened.push(program);
  return program;
}

describe.each(sources('clients').map(({ name }) => name))('%s', (name) => {
  it('is reported nothing of', () => {
    expect(reportedOf(name)).toEqual([]);
  });

  it('gives what plain code gets', async () => {
    const plain = await (await open(name, 'plain')).main();
    for (const kind of ['text', 'tspc'] as const) {
      const { main } = await open(name, kind);
      const { outcome, crashes } = await crashSweep(main, []);
      expect(outcome, kind).toEqual({ status: 'fulfilled', value: plain });
      expect(crashes).toBeGreaterThan(3);
    }
  });
});
