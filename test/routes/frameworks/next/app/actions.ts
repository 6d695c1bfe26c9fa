'use server';
import { durable } from '../shop/durable.ts';
import { order } from '../shop/order.ts';

export async function placeOrder(form: FormData): Promise<void> {
  const item = String(form.get('item'));
  await durable().start(order, [item], { id: item });
}
