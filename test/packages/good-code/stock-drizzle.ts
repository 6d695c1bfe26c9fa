import { and, eq, gte, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, numeric, pgTable, text } from 'drizzle-orm/pg-core';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.POSTGRES_URL, max: 2 });
const items = pgTable('items', {
  sku: text().primaryKey(),
  count: integer().notNull(),
  price: numeric().notNull(),
});
const sold = pgTable('sold', { order: text().notNull(), sku: text().notNull(), count: integer().notNull() });
const db = drizzle(pool, { schema: { items, sold } });
export const close = () => pool.end();
export const reset = () =>
  pool.query(`drop table if exists items, sold;
    create table items (sku text primary key, count int not null, price numeric not null);
    create table sold ("order" text, sku text, count int);
    insert into items values ('tea', 3, 1.50), ('cup', 2, 4.00)`);
export const outside = async () => [
  await db.select().from(items).orderBy(items.sku),
  await db.select().from(sold),
];

const sell = (order: string, sku: string, count: number) =>
  db.transaction(async (tx) => {
    const taken = await tx
      .update(items)
      .set({ count: sql`${items.count} - ${count}` })
      .where(and(eq(items.sku, sku), gte(items.count, count)))
      .returning({ left: items.count, price: items.price });
    if (taken.length > 0) await tx.insert(sold).values({ order, sku, count });
    return taken[0];
  });

export async function main() {
  'use durable';
  const log: unknown[] = [];
  for (const [order, sku, count] of [
    ['a', 'tea', 2],
    ['b', 'tea', 2],
    ['c', 'cup', 2],
  ] as const) {
    const taken = await sell(order, sku, count);
    log.push(taken ? [order, taken.left, Number(taken.price) * count] : [order, 'sold out']);
  }
  const totals = await db
    .select({ sku: sold.sku, count: sql<number>`sum(${sold.count})::int` })
    .from(sold)
    .groupBy(sold.sku)
    .orderBy(sold.sku);
  const cleared = await db.delete(items).where(eq(items.count, 0));
  const left = await db.query.items.findMany({ columns: { sku: true, count: true } });
  return { log, totals, cleared: cleared.rowCount, left };
}
