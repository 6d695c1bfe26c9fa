import pg from 'pg';
import { sleep } from 'use-durable';

const pool = new pg.Pool({ connectionString: process.env.POSTGRES_URL, max: 2 });
export const close = () => pool.end();
export const reset = () =>
  pool.query(`drop table if exists stock, bookings;
    create table stock (sku text primary key, count int not null);
    create table bookings (id serial primary key, sku text, count int, state text default 'open');
    insert into stock values ('tea', 5), ('cup', 1)`);
export const outside = async () => [
  (await pool.query('select * from stock order by sku')).rows,
  (await pool.query('select * from bookings order by id')).rows,
];

class SoldOut extends Error {
  readonly sku: string;
  constructor(sku: string) {
    super(`${sku} is sold out`);
    this.name = 'SoldOut';
    this.sku = sku;
  }
}

interface Booking {
  readonly id: number;
  readonly sku: string;
  readonly count: number;
}

/** A transaction is one step: its connection can't outlive a process. */
async function reserve(sku: string, count: number): Promise<Booking> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const taken = await client.query('update stock set count = count - $2 where sku = $1 and count >= $2', [
      sku,
      count,
    ]);
    if (taken.rowCount === 0) throw new SoldOut(sku);
    const { rows } = await client.query<Booking>(
      'insert into bookings (sku, count) values ($1, $2) returning *',
      [sku, count],
    );
    await client.query('commit');
    return rows[0]!;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const cancel = ({ id, sku, count }: Booking) =>
  pool.query(
    `with gone as (delete from bookings where id = $1 returning id)
     update stock set count = count + $3 where sku = $2 and exists (select 1 from gone)`,
    [id, sku, count],
  );

export async function main() {
  'use durable';
  const undo: Booking[] = [];
  const log: unknown[] = [];
  for (const wanted of [
    { tea: 2, cup: 1 },
    { tea: 1, cup: 3 },
  ]) {
    undo.length = 0;
    try {
      for (const [sku, count] of Object.entries(wanted)) undo.push(await reserve(sku, count));
      await sleep('10ms');
      const paid = await pool.query<Booking>(
        "update bookings set state = 'paid' where id = any($1) returning id, sku",
        [undo.map(({ id }) => id)],
      );
      log.push({ paid: paid.rows.map(({ sku }) => sku), count: paid.rowCount });
    } catch (error) {
      if (!(error instanceof SoldOut)) throw error;
      for (const booking of undo.toReversed()) await cancel(booking);
      log.push({ soldOut: error.sku });
    }
  }
  const { rows } = await pool.query<{ left: string }>('select sum(count) as left from stock');
  return [log, rows[0]?.left];
}
