import { registerClass } from 'use-durable';
import { job } from './steps.ts';

export class Order {
  total = 0;
  #items = new Set<string>();

  static [Symbol.for('use-durable.decode')](): Order {
    return new Order();
  }
  [Symbol.for('use-durable.encode')](): null {
    return null;
  }

  async add(amount: number): Promise<void> {
    this.total += Number(await job(`a${amount}`));
  }

  async #note(name: string): Promise<void> {
    this.#items.add(String(await job(name)));
  }

  async addTwice(amount: number): Promise<void> {
    await this.add(amount);
    await this.add(amount);
  }

  async checkout(): Promise<unknown> {
    'use durable';
    await this.add(1);
    await this.#note('b');
    await Promise.all([1, 2].map((amount) => this.addTwice(amount)));
    return [...this.#items];
  }
}
registerClass(Order);
