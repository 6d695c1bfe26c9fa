import { nanoid } from 'nanoid';
import { step } from 'use-durable';
import { v4 as uuid, validate, version } from 'uuid';

export const close = async () => {};

const ledger = new Map<string, number>();
export const reset = async () => ledger.clear();
export const outside = async () => [...ledger.values()];

const post = async (key: string, cents: number) => {
  // The same key again is the same entry.
  if (!ledger.has(key)) ledger.set(key, cents);
  return { key, cents };
};

export async function main() {
  'use durable';
  const transfer = await step('id of the transfer', () => uuid());
  const debit = await post(`${transfer}/debit`, -950);
  const credit = await post(`${transfer}/credit`, 950);
  const reference = await step('reference', () => nanoid(10));
  return {
    ids: [validate(transfer), version(transfer), reference.length],
    same: debit.key.split('/')[0] === credit.key.split('/')[0],
    sum: debit.cents + credit.cents,
  };
}
