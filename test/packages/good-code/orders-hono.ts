import { createClient } from '@libsql/client';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/libsql';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { Hono } from 'hono';
import { hc } from 'hono/client';
import PQueue from 'p-queue';
import { sleep, step } from 'use-durable';
import { z } from 'zod';

const client = createClient({ url: ':memory:' });
const db = drizzle(client);
const orders = sqliteTable('orders', {
  id: integer().primaryKey(),
  sku: text().notNull(),
  state: text().notNull(),
});

export const reset = async () => {
  await client.execute('drop table if exists orders');
  await client.execute(
    'create table orders (id integer primary key, sku text not null, state text not null)',
  );
};
export const outside = () => db.select().from(orders).orderBy(orders.id);
export const close = async () => client.close();

const Order = z.object({ id: z.number().int(), sku: z.string().min(2) });

const app = new Hono()
  .get('/stock/:sku', (c) => c.json({ sku: c.req.param('sku'), left: c.req.param('sku').length }))
  .post('/ship', async (c) => {
    const { id } = (await c.req.json()) as { id: number };
    return id === 3
      ? c.json({ reason: 'no such address' }, 422)
      : c.json({ reason: '', parcel: `p-${id}` }, 201);
  });
const api = hc<typeof app>('http://shop.test', {
  fetch: async (url: string | URL | Request, init?: RequestInit) => app.request(url, init),
});

async function stockOf(sku: string): Promise<number> {
  const response = await api.stock[':sku'].$get({ param: { sku } });
  return (await response.json()).left;
}

export async function main() {
  'use durable';
  const wanted: unknown[] = [
    { id: 1, sku: 'tea' },
    { id: 2, sku: 'x' },
    { id: 3, sku: 'coffee' },
  ];
  const refused: string[] = [];
  const valid: z.infer<typeof Order>[] = [];
  for (const one of wanted) {
    const parsed = Order.safeParse(one);
    if (parsed.success) valid.push(parsed.data);
    else refused.push(parsed.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`).join());
  }
  const queue = new PQueue({ concurrency: 1 });
  const left = new Map<string, number>();
  await queue.addAll(
    valid.map(
      ({ sku }) =>
        async () =>
          left.set(sku, await stockOf(sku)),
    ),
  );
  const inserted = await db
    .insert(orders)
    .values(valid.map((order) => ({ ...order, state: 'new' })))
    .returning();
  const parcels: string[] = [];
  const failures: string[] = [];
  await Promise.all(
    inserted.map(({ id }) =>
      queue.add(async () => {
        const { status, body } = await step('ship', async () => {
          const response = await api.ship.$post({}, { init: { body: JSON.stringify({ id }) } });
          return { status: response.status, body: await response.json() };
        });
        if (status === 201 && 'parcel' in body) {
          parcels.push(String(body.parcel));
          await sleep('1ms');
          await db.update(orders).set({ state: 'sent' }).where(eq(orders.id, id));
        } else failures.push(`${id}: ${body.reason}`);
      }),
    ),
  );
  const response = await api.stock[':sku'].$get({ param: { sku: 'cocoa' } });
  const cocoa = await response.json();
  const [count] = await db
    .select({ sent: sql<number>`count(*)` })
    .from(orders)
    .where(eq(orders.state, 'sent'));
  return { refused, left, parcels, failures, cocoa, ok: response.ok, count };
}
