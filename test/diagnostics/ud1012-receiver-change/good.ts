import { registerClass } from 'use-durable';
import { job } from './steps.ts';

export class Order {
  status = 'open';
  items: string[] = [];

  async checkout(): Promise<unknown> {
    'use durable';
    const items = [...this.items];
    items.push(String(await job(this.status)));
    const paid = { ...this, status: 'paid' };
    const other = {
      status: '',
      set(status: string): void {
        this.status = status;
      },
    };
    other.set('other');
    return { items, paid, other };
  }

  /** Not durable. */
  async pay(): Promise<void> {
    this.status = 'paid';
  }
}
registerClass(Order);
