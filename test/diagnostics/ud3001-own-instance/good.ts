import { registerClass, step } from 'use-durable';
import { job } from './steps.ts';

export class Order {
  total = 0;

  async checkout(): Promise<unknown> {
    'use durable';
    const total = await step(async () => this.total + Number(await job('a')));
    return total;
  }
}
registerClass(Order);

/** What is outside of the run may be changed by steps. */
export const shop = {
  total: 0,
  async checkout(): Promise<void> {
    'use durable';
    await step(async () => {
      this.total += Number(await job('a'));
    });
  },
};
