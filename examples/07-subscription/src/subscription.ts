import { sleep, TimeoutError, waitFor, withPolicy } from 'use-durable';
import { chargeCard, DeclinedError, type Plan, PRICES, sendMail } from './billing.js';

export type Change = { readonly type: 'plan'; readonly plan: Plan } | { readonly type: 'cancel' };

export interface Summary {
  readonly months: number;
  readonly paid: number;
  readonly ended: 'after a year' | 'cancelled' | 'not paid';
}

export interface Options {
  /** In ms; shorter for those who can't wait. */
  readonly day?: number;
}

/** A gateway that does not answer is asked again for some minutes. A card that is declined stays declined. */
const charge = withPolicy(chargeCard, {
  retry: { attempts: 4, delay: '1 minute', retryIf: (error) => !(error instanceof DeclinedError) },
});

/** The days to wait before the second, third and fourth attempt to get the money of a month. */
const DUNNING = [3, 5, 7];

/** Charges a customer every 30 days, for a year. The signal `change` changes the plan from the next month on, or cancels. */
export async function subscribe(
  customer: string,
  firstPlan: Plan,
  { day = 24 * 60 * 60 * 1000 }: Options = {},
): Promise<Summary> {
  'use durable';
  const began = Date.now();
  let plan = firstPlan;
  let paid = 0;
  await sendMail(customer, `welcome to the plan ${plan}`);

  for (let month = 1; month <= 12; month++) {
    const price = PRICES[plan];
    if (!(await collect(customer, month, price, day))) {
      await sendMail(customer, 'the subscription has ended, since the card was declined four times');
      return { months: month - 1, paid, ended: 'not paid' };
    }
    paid += price;

    const end = new Date(began + month * 30 * day);
    for (let change = await nextChange(end); change !== undefined; change = await nextChange(end)) {
      if (change.type === 'cancel') {
        await sendMail(customer, 'the subscription is cancelled');
        return { months: month, paid, ended: 'cancelled' };
      }
      plan = change.plan;
      await sendMail(customer, `from next month on the plan is ${plan}`);
    }
  }
  await sendMail(customer, 'thank you for a year');
  return { months: 12, paid, ended: 'after a year' };
}

/** Tries to get the money of a month; false if the card is declined each time. */
async function collect(customer: string, month: number, price: number, day: number): Promise<boolean> {
  'use durable';
  for (const days of DUNNING) {
    if (await pay(customer, month, price)) return true;
    await sendMail(customer, `the card was declined; the next attempt is in ${days} days`);
    await sleep(days * day);
  }
  return pay(customer, month, price);
}

/** False if the card is declined. */
async function pay(customer: string, month: number, price: number): Promise<boolean> {
  'use durable';
  try {
    await charge(customer, month, price);
    return true;
  } catch (error) {
    if (error instanceof DeclinedError) return false;
    throw error;
  }
}

/** What the customer wants, if anything until then. */
async function nextChange(until: Date): Promise<Change | undefined> {
  'use durable';
  try {
    return await waitFor<Change>('change', { timeout: until });
  } catch (error) {
    if (error instanceof TimeoutError) return undefined;
    throw error;
  }
}
