import { DatabaseSync } from 'node:sqlite';
import { currentStep } from 'use-durable';

export const PRICES = { basic: 9, pro: 29 };
export type Plan = keyof typeof PRICES;

/** The bank says no. */
export class DeclinedError extends Error {
  override readonly name = 'DeclinedError';
}

/*
 * The payment gateway and the mail; here they are tables of one file, BILLING_DB. The key of a step is the same in all its
 * attempts, so what was done before a crash is not done again.
 */
const db = new DatabaseSync(process.env.BILLING_DB ?? 'billing.db');
db.exec(`
  pragma busy_timeout = 5000;
  create table if not exists charges (key text primary key, customer text, month integer, amount real);
  create table if not exists mails (key text primary key, customer text, text text);
  create table if not exists blocked_cards (customer text primary key);
`);

export async function chargeCard(customer: string, month: number, amount: number): Promise<void> {
  if (db.prepare('select 1 from blocked_cards where customer = ?').get(customer) !== undefined) {
    throw new DeclinedError(`the card of ${customer} is blocked`);
  }
  const { changes } = db
    .prepare('insert into charges values (?, ?, ?, ?) on conflict do nothing')
    .run(currentStep().idempotencyKey, customer, month, amount);
  if (changes > 0) console.info(`${customer} pays ${amount} EUR for month ${month}`);
}

export async function sendMail(customer: string, text: string): Promise<void> {
  const { changes } = db
    .prepare('insert into mails values (?, ?, ?) on conflict do nothing')
    .run(currentStep().idempotencyKey, customer, text);
  if (changes > 0) console.info(`mail to ${customer}: ${text}`);
}
