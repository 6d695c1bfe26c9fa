import { charge, notify } from './services.js';

export async function checkout(order: string) {
  'use durable';
  await notify('checking');
  await charge(order);
  await notify(order);
}
