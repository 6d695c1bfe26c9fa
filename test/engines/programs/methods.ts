import { currentRun, registerClass, sleep, startChild } from 'use-durable';
import { announce } from '../effects.ts';

class Basket {
  readonly prices: readonly bigint[];
  constructor(prices: readonly bigint[]) {
    this.prices = prices;
  }

  async total(parent: string, times: bigint): Promise<bigint> {
    'use durable';
    let sum = 0n;
    for (const price of this.prices) {
      await announce(`adds ${price}`, undefined, parent);
      sum += price * times;
    }
    await sleep(1);
    return sum;
  }
}
registerClass(Basket);

/** Another run, on a copy of an object. */
export async function methodAsChild(): Promise<unknown> {
  'use durable';
  const parent = currentRun().id;
  const basket = new Basket([2n, 3n]);
  const run = await startChild(basket.total, [parent, 10n], { id: `${parent}-total`, this: basket });
  return await run.result();
}
