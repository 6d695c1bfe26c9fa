import mysql, { type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';

const pool = mysql.createPool({ uri: process.env.MYSQL_URL ?? '', connectionLimit: 1, timezone: 'Z' });
export const close = () => pool.end();

interface Order extends RowDataPacket {
  readonly id: number;
  readonly customer: string;
  readonly at: Date;
  readonly total: string;
}

export async function main() {
  'use durable';
  await pool.query('drop table if exists orders');
  await pool.query('create table orders (id integer primary key, customer text, at datetime, total decimal)');
  const [inserted] = await pool.query<ResultSetHeader>(
    "insert into orders (customer, at, total) values ('ada', '2026-01-02 03:04:05', '9.50'), ('bob', '2026-01-03 00:00:00', '1.25')",
  );
  const [rows, fields] = await pool.query<Order[]>('select * from orders order by id');
  const [updated] = await pool.query<ResultSetHeader>("update orders set customer = 'eve' where id = 1");
  const results = await pool.query<Order[]>('select customer from orders where id = ?', [1]);
  let failed: unknown;
  try {
    await pool.query('select * from nowhere');
  } catch (error) {
    failed = [(error as mysql.QueryError).code, (error as mysql.QueryError).errno];
  }
  return [
    [inserted.affectedRows, inserted.insertId],
    rows.map(({ id, customer, at, total }) => [id, customer, at.toISOString(), total]),
    rows.map((row) => ({ ...row })),
    fields.map(({ name, columnType }) => [name, columnType]),
    updated.affectedRows,
    results[0][0]?.customer,
    failed,
  ];
}
