import { registerClass, step } from 'use-durable';
import { job } from './steps.ts';

export class Order {
  total = 0;
  items = ['a'];

  async price(amount: number): Promise<number> {
    const prices = new Set<number>();
    prices.add(Number(await job(`${amount} of ${this.items.length}`)));
    return Math.max(...prices, this.total);
  }

  async add(amount: number): Promise<number> {
    return this.price(amount);
  }

  async checkout(): Promise<unknown> {
    'use durable';
    const sum = (await this.price(1)) + (await this.add(2));
    const items = await step(() => this.items.map((item) => item.trim()));
    return { sum, items };
  }

  /** Changes it, and is no step of a durable method. */
  async reset(): Promise<void> {
    this.total = 0;
  }
}
registerClass(Order);

/** Objects outlive their runs no more than modules do. */
export const counter = {
  count: 0,
  async next(): Promise<number> {
    this.count += 1;
    return Number(await job(`c${this.count}`));
  },
  async run(): Promise<unknown> {
    'use durable';
    return await this.next();
  },
};
