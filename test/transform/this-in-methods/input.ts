import { effect, later } from '../../support/effects.ts';

export const shop = {
  currency: 'EUR',
  async price(id: number): Promise<number> {
    effect(`price ${id} ${this.currency}`);
    return later(2, id * 10);
  },
  async checkout(ids: number[]): Promise<string[]> {
    'use durable';
    const out: string[] = [];
    for (const id of ids) out.push(`${await this.price(id)} ${this.currency}`);
    const all = await Promise.all(ids.map(async (id) => `${this.currency}:${await this.price(id + 1)}`));
    return [...out, ...all];
  },
};

class Base {
  static unit = 'kg';
  static async weigh(n: number): Promise<string> {
    effect(`weigh ${n}`);
    return later(1, `${n} ${this.unit}`);
  }
}

export class Scale extends Base {
  static override unit = 'g';
  static #offset = 5;

  static async #tare(n: number): Promise<number> {
    effect(`tare ${n}`);
    return later(1, n + this.#offset);
  }

  static async run(n: number): Promise<unknown> {
    'use durable';
    const own = await this.weigh(n);
    const inherited = await super.weigh(n + 1);
    const tared = await this.#tare(n);
    const twice = await Promise.all([this.#tare(1), super.weigh(2), Scale.#tare(3)]);
    const later = () => this.unit;
    return { own, inherited, tared, twice, unit: later(), name: this.name };
  }

  static quick = async (n: number): Promise<unknown> => {
    'use durable';
    return [await this.weigh(n), this.unit];
  };
}

export const nested = {
  inner: {
    factor: 3,
    async times(n: number): Promise<number> {
      'use durable';
      return (await shop.price(n)) * this.factor;
    },
  },
};

export async function main(): Promise<unknown> {
  'use durable';
  const a = await shop.checkout([1, 2]);
  const b = await Scale.run(4);
  const c = await nested.inner.times(2);
  const d = await Scale.quick(9);
  return { a, b, c, d };
}
