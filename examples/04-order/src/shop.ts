import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { currentStep } from 'use-durable';

/*
 * The systems around an order: the stock, the payment provider, the courier and the mail. Here they are tables of one file,
 * SHOP_DB. SHOP_DELAY_MS is how long each of them takes to answer.
 *
 * A step whose process dies may be called again. So each call has a key that is the same in all attempts, and what was done
 * under that key before is not done a second time.
 */
const db = new DatabaseSync(process.env.SHOP_DB ?? 'shop.db');
db.exec(`
  pragma busy_timeout = 5000;
  create table if not exists stock (item text primary key, price real, total integer);
  create table if not exists reservations (key text primary key, item text, quantity integer);
  create table if not exists payments (key text primary key, card text, amount real, refunded integer default 0);
  create table if not exists parcels (key text primary key, item text, quantity integer, country text);
  create table if not exists mails (key text primary key, recipient text, subject text, body text);
  insert or ignore into stock values ('lamp', 40, 10), ('desk', 300, 4);
`);

const roundTrip = (): Promise<void> => delay(Number(process.env.SHOP_DELAY_MS ?? 0));

export interface Reservation {
  readonly id: string;
  readonly total: number;
}

export async function reserveStock(item: string, quantity: number): Promise<Reservation> {
  await roundTrip();
  const key = currentStep().idempotencyKey;
  const { changes } = db
    .prepare(`
      insert into reservations select :key, item, :quantity from stock where item = :item and
        total >= :quantity + (select coalesce(sum(quantity), 0) from reservations where item = :item)
      on conflict do nothing`)
    .run({ key, item, quantity });
  const row = db
    .prepare('select price * quantity as total from reservations join stock using (item) where key = ?')
    .get(key);
  if (row === undefined) throw new Error(`there are no ${quantity} x ${item} in stock`);
  if (changes > 0) console.info(`stock: ${quantity} x ${item} reserved`);
  return { id: key, total: Number(row.total) };
}

export async function releaseStock(id: string): Promise<void> {
  await roundTrip();
  const { changes } = db.prepare('delete from reservations where key = ?').run(id);
  if (changes > 0) console.info('stock: the reservation is released');
}

export async function charge(card: string, amount: number): Promise<string> {
  await roundTrip();
  const key = currentStep().idempotencyKey;
  if (card.startsWith('expired')) throw new Error('the card has expired');
  const { changes } = db
    .prepare('insert into payments (key, card, amount) values (?, ?, ?) on conflict do nothing')
    .run(key, card, amount);
  if (changes > 0) console.info(`payment: ${amount} EUR charged`);
  return key;
}

export async function refund(payment: string): Promise<void> {
  await roundTrip();
  const { changes } = db
    .prepare('update payments set refunded = 1 where key = ? and refunded = 0')
    .run(payment);
  if (changes > 0) console.info('payment: refunded');
}

export async function ship(item: string, quantity: number, country: string): Promise<string> {
  await roundTrip();
  if (country === 'Atlantis') throw new Error('no courier goes to Atlantis');
  const key = currentStep().idempotencyKey;
  const { changes } = db
    .prepare('insert into parcels values (?, ?, ?, ?) on conflict do nothing')
    .run(key, item, quantity, country);
  const row = db.prepare('select rowid from parcels where key = ?').get(key);
  if (changes > 0) console.info(`courier: the parcel is on its way to ${country}`);
  return `parcel-${row?.rowid}`;
}

export async function askManager(subject: string, token: string): Promise<void> {
  await roundTrip();
  const { changes } = db
    .prepare('insert into mails values (?, ?, ?, ?) on conflict do nothing')
    .run(currentStep().idempotencyKey, 'manager@example.com', `Please approve: ${subject}`, token);
  if (changes > 0) console.info(`mail: the manager is asked to approve ${subject}`);
}
