import { registerClass } from 'use-durable';
import { job } from './steps.ts';

export class Order {
  #total = 1;

  async checkout(): Promise<unknown> {
    'use durable';
    return await job(`a${this.#total}`);
  }
}
registerClass(Order, { id: 'order' });

export class Cart {
  accessor total = 1;

  async checkout(): Promise<unknown> {
    'use durable';
    return await job(`b${this.total}`);
  }
}
registerClass(Cart);
