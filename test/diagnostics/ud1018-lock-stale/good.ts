import { charge, notify as tell } from './services.js';

export async function checkout(order: string) {
  'use durable';
  await charge(order, 'now');
  await tell(order);
}
