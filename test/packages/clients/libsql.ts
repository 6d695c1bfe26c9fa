import { createClient } from '@libsql/client';

const client = createClient({ url: ':memory:' });
export const close = async () => client.close();

export async function main() {
  'use durable';
  await client.execute('drop table if exists orders');
  await client.execute('create table orders (id integer primary key, customer text, seal blob)');
  const inserted = await client.execute({
    sql: 'insert into orders (customer, seal) values (?, ?), (?, null)',
    args: ['ada', new Uint8Array([1, 2]), 'bob'],
  });
  const selected = await client.execute('select id, customer, seal from orders order by id');
  const [row, other] = selected.rows;
  const batch = await client.batch(
    [
      { sql: 'update orders set customer = ? where id = ?', args: ['eve', 1] },
      'select count(*) as n from orders',
    ],
    'write',
  );
  return [
    [inserted.rowsAffected, inserted.lastInsertRowid, inserted.columns, inserted.rows.length],
    [selected.columns, selected.columnTypes],
    [row?.customer, row?.[1], row?.length, new Uint8Array(row?.seal as ArrayBuffer)],
    selected.rows.map((row) => Object.keys(row)),
    selected.rows.map((row) => ({ ...row })),
    [other?.id, other?.[0], other?.[2]],
    batch.map(({ rows, rowsAffected }) => [rowsAffected, rows[0]?.n, rows[0]?.[0]]),
  ];
}
