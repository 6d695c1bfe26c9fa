import { createCallback, TimeoutError } from 'use-durable';
import { askManager, charge, refund, releaseStock, reserveStock, ship } from './shop.js';

export interface Order {
  readonly item: string;
  readonly quantity: number;
  readonly card: string;
  readonly country: string;
}

export interface Decision {
  readonly approved: boolean;
  readonly by: string;
}

export type Outcome =
  | { readonly status: 'shipped'; readonly parcel: string; readonly total: number }
  | { readonly status: 'cancelled'; readonly reason: string };

/** Above this sum, in euros, a manager has to approve an order. */
const APPROVAL_LIMIT = 500;

/** Reserves, charges and ships. If one of these fails, what was done before is undone, the last first. */
export async function placeOrder({ item, quantity, card, country }: Order): Promise<Outcome> {
  'use durable';
  const undo: (() => Promise<void>)[] = [];
  try {
    const reservation = await reserveStock(item, quantity);
    undo.push(() => releaseStock(reservation.id));
    const { total } = reservation;

    if (total > APPROVAL_LIMIT) {
      const approval = await createCallback<Decision>({ timeout: '3 days' });
      await askManager(`${quantity} x ${item} for ${total} EUR`, approval.token);
      const { approved, by } = await approval.result();
      if (!approved) throw new Error(`${by} did not approve the order`);
      console.info(`${by} approved the order`);
    }

    const payment = await charge(card, total);
    undo.push(() => refund(payment));
    const parcel = await ship(item, quantity, country);
    return { status: 'shipped', parcel, total };
  } catch (error) {
    const reason =
      error instanceof TimeoutError ? 'nobody approved the order in time' : (error as Error).message;
    console.info(`the order is cancelled: ${reason}`);
    for (const compensate of undo.reverse()) await compensate();
    return { status: 'cancelled', reason };
  }
}
