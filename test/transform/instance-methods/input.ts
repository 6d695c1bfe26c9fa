import { registerClass } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

class Base {
  constructor(readonly id: number) {}
  async label(name: string): Promise<string> {
    effect(`label ${name}`);
    return later(1, `${name} ${this.id}`);
  }
}

export class Order extends Base {
  readonly notes: string[] = [];

  async charge(amount: number): Promise<number> {
    effect(`charge ${this.id} ${amount}`);
    return later(1, amount * 2);
  }

  async checkout(amount: number): Promise<unknown> {
    'use durable';
    const charged = await this.charge(amount);
    const label = await super.label('order');
    const more = await Promise.all([1, 2].map(async (n) => (await this.charge(n)) + this.id));
    return { charged, label, more, itself: this instanceof Order };
  }

  async twice(other: Order): Promise<unknown> {
    'use durable as order-twice';
    return [await this.checkout(1), await other.checkout(2), this === other];
  }
}
registerClass(Order, { id: import.meta.url });

/** Overrides a durable method by one that calls it. */
export class Rush extends Order {
  override async checkout(amount: number): Promise<unknown> {
    'use durable';
    return ['rush', await this.charge(amount), await super.checkout(amount + 1)];
  }
}
registerClass(Rush, { id: `${import.meta.url}#rush` });

const ENCODE = Symbol.for('use-durable.encode');

/** Private members are carried by the class itself. */
export const Secret = class Hidden {
  #key: string;
  constructor(key: string) {
    this.#key = key;
  }
  async #seal(text: string): Promise<string> {
    effect(`seal ${text}`);
    return later(1, `${text}:${this.#key}`);
  }
  async run(text: string): Promise<string> {
    'use durable';
    return `${await this.#seal(text)} ${this.#key.length}`;
  }
  [ENCODE](): string {
    return this.#key;
  }
  static [Symbol.for('use-durable.decode')](key: string): Hidden {
    return new Hidden(key);
  }
};

export async function main(): Promise<unknown> {
  'use durable';
  const order = new Order(7);
  const { twice } = order;
  return [
    await order.checkout(5),
    await new Rush(9).checkout(3),
    await order.twice(order),
    await twice.call(new Order(8), order),
    await new Secret('k3y').run('text'),
  ];
}
