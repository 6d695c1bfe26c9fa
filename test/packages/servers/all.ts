import { startMongo } from './mongo.ts';
import { startMysql } from './mysql.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { startWeb } from './web.ts';

/** The tables of `prisma/schema.prisma`. */
const TABLES = `
  create type "Status" as enum ('OPEN', 'PAID');
  create table "Order" (id serial primary key, customer text not null, total decimal(65,30) not null,
    cents bigint not null default 0, status "Status" not null default 'OPEN', note jsonb,
    at timestamp(3) not null default current_timestamp);
  create table "Item" (id serial primary key, sku text not null, "orderId" int not null references "Order"(id));`;

/** Starts a server of each kind, and puts their addresses where the programs look for them. */
export async function startServers(routes: Parameters<typeof startWeb>[0]) {
  const [postgres, mysql, mongo, redis, web] = await Promise.all([
    startPostgres(),
    startMysql(),
    startMongo(),
    startRedis(),
    startWeb(routes),
  ]);
  await postgres.sql(TABLES);
  Object.assign(process.env, {
    POSTGRES_URL: postgres.url,
    MYSQL_URL: mysql.url,
    MONGO_URL: mongo.url,
    REDIS_URL: redis.url,
    WEB_URL: web.url,
  });
  return {
    web,
    stop: async () => {
      for (const { stop } of [postgres, mysql, mongo, redis, web]) await stop();
    },
  };
}
