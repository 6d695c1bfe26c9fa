import { effect } from '../../support/effects.ts';

async function charge(amount: number): Promise<number> {
  effect('charge');
  return amount;
}

export async function pay(amount: number): Promise<number> {
  'use durable';
  return await charge(amount);
}
