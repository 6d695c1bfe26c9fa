import { registerClass } from 'use-durable';
import { job } from './steps.ts';

export class Order {
  #total: number;
  static #count = 0;

  constructor(total: number) {
    this.#total = total;
    Order.#count++;
  }

  get total(): number {
    return this.#total;
  }

  async checkout(): Promise<unknown> {
    'use durable';
    return await job(`a${this.#total}`);
  }
}
registerClass(Order, { encode: ({ total }) => total, decode: (total: number) => new Order(total) });

export class Cart {
  static #count = 0;
  private total = Cart.#count;

  static {
    registerClass(this);
  }

  async checkout(): Promise<unknown> {
    'use durable';
    return await job(`b${this.total}`);
  }
}
