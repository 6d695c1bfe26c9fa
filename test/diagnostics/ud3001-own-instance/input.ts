import { registerClass, step } from 'use-durable';
import { job } from './steps.ts';

export class Order {
  total = 0;

  async checkout(): Promise<unknown> {
    'use durable';
    await step(async () => {
      this.total += Number(await job('a'));
    });
    return this.total;
  }
}
registerClass(Order);
