import { createClient } from '@libsql/client';
import { desc, eq, gt, sql } from 'drizzle-orm';
import { drizzle as overLibsql } from 'drizzle-orm/libsql';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, jsonb, numeric, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';
import * as lite from 'drizzle-orm/sqlite-core';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.POSTGRES_URL, max: 1 });
const client = createClient({ url: ':memory:' });
export async function close() {
  client.close();
  await pool.end();
}

const stock = pgTable('stock', {
  id: serial().primaryKey(),
  sku: text().notNull(),
  left: integer().notNull().default(0),
  price: numeric(),
  more: jsonb().$type<{ color: string }>(),
  at: timestamp({ withTimezone: true }),
});
const notes = lite.sqliteTable('notes', { id: lite.integer().primaryKey(), text: lite.text().notNull() });
const db = drizzle(pool, { schema: { stock } });
const small = overLibsql(client);

export async function main() {
  'use durable';
  await db.execute(sql`drop table if exists stock`);
  await db.execute(
    sql`create table stock (id serial primary key, sku text not null, "left" int default 0 not null, price numeric, more jsonb, at timestamptz)`,
  );
  const inserted = await db
    .insert(stock)
    .values([
      { sku: 'tea', left: 3, price: '1.50', more: { color: 'green' }, at: new Date(0) },
      { sku: 'cup', left: 9 },
    ])
    .returning();
  const plain = await db.insert(stock).values({ sku: 'pot' });
  const all = await db.select().from(stock).where(gt(stock.left, 1)).orderBy(desc(stock.left));
  const one = await db.query.stock.findFirst({
    where: eq(stock.sku, 'tea'),
    columns: { sku: true, at: true },
  });
  const updated = await db.update(stock).set({ left: 1 }).where(eq(stock.sku, 'cup'));
  const raw = await db.execute<{ n: number }>(sql`select count(*)::int as n from stock`);
  const moved = await db.transaction(async (tx) => {
    await tx.update(stock).set({ left: 0 });
    return await tx.select({ left: stock.left }).from(stock);
  });
  await small.run(sql`drop table if exists notes`);
  await small.run(sql`create table notes (id integer primary key, text text not null)`);
  const noted = await small.insert(notes).values({ text: 'a' });
  const read = await small.select().from(notes).all();
  return [
    inserted,
    [plain.rowCount, plain.command, plain.rows],
    all.map(({ sku, left }) => [sku, left]),
    [one?.sku, one?.at?.getTime()],
    updated.rowCount,
    [raw.rows[0]?.n, raw.fields.map(({ name }) => name)],
    moved,
    [noted.rowsAffected, noted.lastInsertRowid],
    read,
  ];
}
