import { registerClass } from 'use-durable';
import { job } from './steps.ts';

export class Order {
  status = 'open';
  items: string[] = [];

  async checkout(): Promise<unknown> {
    'use durable';
    const result = await job('a');
    this.status = 'paid';
    return result;
  }

  async fill(): Promise<void> {
    'use durable';
    const names = [await job('b')];
    names.forEach((name) => this.items.push(String(name)));
  }
}
registerClass(Order);
