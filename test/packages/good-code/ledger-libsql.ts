import { createClient } from '@libsql/client';

const db = createClient({ url: ':memory:' });
export const close = async () => db.close();
export const reset = () =>
  db.executeMultiple(`drop table if exists accounts; drop table if exists entries;
    create table accounts (name text primary key, cents integer not null check (cents >= 0));
    create table entries (id integer primary key, "from" text, "to" text, cents integer);
    insert into accounts values ('ada', 100), ('bob', 20);`);
export const outside = async () =>
  (await db.execute('select * from accounts order by name')).rows.map((row) => ({ ...row }));

const move = (from: string, to: string, cents: number) =>
  db.batch(
    [
      { sql: 'update accounts set cents = cents - ? where name = ?', args: [cents, from] },
      { sql: 'update accounts set cents = cents + ? where name = ?', args: [cents, to] },
      {
        sql: 'insert into entries ("from", "to", cents) values (?, ?, ?) returning id',
        args: [from, to, cents],
      },
    ],
    'write',
  );

export async function main() {
  'use durable';
  const log: unknown[] = [];
  for (const [from, to, cents] of [
    ['ada', 'bob', 30],
    ['bob', 'ada', 500],
    ['bob', 'ada', 1],
  ] as const) {
    try {
      const [, , entry] = await move(from, to, cents);
      log.push([from, entry?.rows[0]?.id, entry?.rows[0]?.[0], entry?.columns]);
    } catch (error) {
      log.push([from, (error as Error).message.includes('CHECK')]);
    }
  }
  const { rows, columns } = await db.execute('select name, cents from accounts order by name');
  const total = rows.reduce((sum, { cents }) => sum + Number(cents), 0);
  return { log, columns, names: rows.map((row) => row[0]), total };
}
