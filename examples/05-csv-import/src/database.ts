import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/*
 * The database that customers are imported into: the file CUSTOMERS_DB. DATABASE_DELAY_MS is how long it takes to answer, as
 * one on another machine does.
 */
const { CUSTOMERS_DB = 'customers.db', DATABASE_DELAY_MS = '0' } = process.env;

const db = new DatabaseSync(CUSTOMERS_DB);
db.exec(`
  pragma busy_timeout = 5000;
  create table if not exists countries (name text primary key);
  insert or ignore into countries values ('Brazil'), ('France'), ('Japan'), ('Kenya'), ('Norway');
  create table if not exists customers (
    email text primary key,
    name text not null,
    country text not null,
    credit real not null,
    writes integer not null default 1
  )`);

export interface Customer {
  readonly email: string;
  readonly name: string;
  readonly country: string;
  readonly credit: number;
}

/**
 * Saves a customer under the e-mail address, so to save one again changes nothing but the number of `writes`.
 *
 * @throws Error if there is no such country
 */
export async function saveCustomer({ email, name, country, credit }: Customer): Promise<void> {
  await delay(Number(DATABASE_DELAY_MS));
  if (db.prepare('select 1 from countries where name = ?').get(country) === undefined) {
    throw new Error(`the database knows no country '${country}'`);
  }
  db.prepare(`
    insert into customers (email, name, country, credit) values (?, ?, ?, ?)
    on conflict (email) do update set
      name = excluded.name, country = excluded.country, credit = excluded.credit, writes = writes + 1`).run(
    email,
    name,
    country,
    credit,
  );
}
