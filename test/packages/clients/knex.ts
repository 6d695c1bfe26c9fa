import knex from 'knex';

const db = knex({
  client: 'pg',
  connection: process.env.POSTGRES_URL ?? '',
  pool: { min: 0, max: 1 },
});
export const close = () => db.destroy();

interface Order {
  readonly id: number;
  readonly customer: string;
  readonly cents: number;
  readonly at: Date;
}

export async function main() {
  'use durable';
  await db.schema.dropTableIfExists('knex_orders');
  await db.schema.createTable('knex_orders', (table) => {
    table.increments('id');
    table.text('customer').notNullable().unique();
    table.integer('cents').notNullable().defaultTo(0);
    table.timestamp('at', { useTz: true });
  });
  const [first] = await db<Order>('knex_orders')
    .insert({ customer: 'ada', cents: 950, at: new Date(0) })
    .returning('*');
  await db('knex_orders').insert([
    { customer: 'bob', cents: 5 },
    { customer: 'eve', cents: 70 },
  ]);
  // A builder that is made step by step, and awaited later.
  const query = db<Order>('knex_orders').where('cents', '>', 10);
  query.orderBy('cents', 'desc');
  const rich = await query.select('customer', 'cents');
  const [{ count } = { count: 0 }] = await db('knex_orders').count<{ count: string }[]>('* as count');
  const one = await db<Order>('knex_orders').where({ customer: 'bob' }).first();
  const none = await db<Order>('knex_orders').where({ customer: 'zoe' }).first();
  const names = await db('knex_orders').orderBy('id').pluck<string[]>('customer');
  const changed = await db('knex_orders').where({ customer: 'eve' }).increment('cents', 1);
  const [bob, eve] = await Promise.all([
    db<Order>('knex_orders').where({ customer: 'bob' }).first('cents'),
    db<Order>('knex_orders').where({ customer: 'eve' }).first('cents'),
  ]);
  const raw = await db.raw<{ rows: { sum: string }[]; rowCount: number }>(
    'select sum(cents) from knex_orders',
  );
  const moved = await db.transaction(async (trx) => {
    await trx('knex_orders').where({ customer: 'ada' }).decrement('cents', 50);
    return await trx<Order>('knex_orders').where({ customer: 'ada' }).first();
  });
  const gone = await db('knex_orders').where({ customer: 'bob' }).delete();
  const failures: unknown[] = [];
  try {
    await db('knex_orders').insert({ customer: 'ada' });
  } catch (error) {
    const { code, constraint, table } = error as { code: string; constraint: string; table: string };
    failures.push([code, constraint, table, error instanceof Error]);
  }
  const caught = await db('nowhere')
    .select()
    .catch((error: { code: string }) => error.code);
  const sql = db('knex_orders').where({ id: 1 }).toSQL().toNative();
  return [
    [first?.id, first?.customer, first?.cents, first?.at.getTime()],
    rich,
    [Number(count), one?.cents, none, names, changed, bob?.cents, eve?.cents],
    [raw.rows, raw.rowCount, moved?.cents, gone],
    failures,
    caught,
    [sql.sql, sql.bindings],
  ];
}
