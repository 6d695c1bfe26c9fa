import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.POSTGRES_URL, max: 1 });
export const close = () => pool.end();

export async function main() {
  'use durable';
  await pool.query('drop table if exists orders');
  await pool.query(
    'create table orders (id serial primary key, customer text, at timestamptz, more jsonb, seal bytea)',
  );
  const inserted = await pool.query<{ id: number; at: Date; more: { gift: boolean }; seal: Buffer }>(
    'insert into orders (customer, at, more, seal) values ($1, $2, $3, $4), ($5, $2, null, null) returning *',
    ['ada', new Date(0), { gift: true }, Buffer.from('ok'), 'bob'],
  );
  const { rows, rowCount, command, fields } = inserted;
  const updated = await pool.query("update orders set customer = 'eve' where id > $1", [0]);
  const lists = await pool.query({ text: 'select id, customer from orders order by id', rowMode: 'array' });
  const client = await pool.query('select count(*) as n, sum(id)::numeric as sum from orders');
  let failed: unknown;
  try {
    await pool.query('select * from nowhere');
  } catch (error) {
    failed = [
      (error as pg.DatabaseError).code,
      (error as pg.DatabaseError).position,
      error instanceof pg.DatabaseError,
    ];
  }
  return [
    rows,
    rows[0]?.seal.toString(),
    rows[0]?.at.getTime(),
    [rowCount, command, fields.map(({ name, dataTypeID }) => [name, dataTypeID])],
    [updated.rowCount, updated.rows, updated.command],
    lists.rows,
    client.rows[0],
    failed,
  ];
}
