import { sleep } from 'use-durable';
import { charge, mail, OutOfStock, type Payment, reserve } from './steps.ts';

export async function placeOrder(items: readonly string[]): Promise<string> {
  'use durable';
  const reserved: string[] = [];
  for (const item of items) {
    try {
      reserved.push(await reserve(item));
    } catch (error) {
      if (!(error instanceof OutOfStock)) throw error;
      await mail.send('shop', error.item);
    }
  }
  await sleep('20ms');
  const payment = await pay(reserved.length);
  return `${reserved.join()} ${payment.id} ${payment.at.toISOString()}`;
}

/** Where it fails is what a stack has to show. */
export async function refuse(item: string): Promise<never> {
  'use durable';
  const reservation: string = await reserve(item);
  throw new Error(`no ${reservation}`);
}

/** Called by another one, and startable by itself. */
export const pay = async (count: number): Promise<Payment> => {
  'use durable';
  const [payment] = await Promise.all([charge(count * 10), mail.send('customer', `${count} items`)]);
  return payment;
};
