import { registerClass, sleep } from 'use-durable';
import type { Item } from './types.js';
import { double, Refused } from './steps.js';

const enum Rate {
  Low = 2,
}
enum Level {
  High = 'high',
}

/** Works as a decorator of either kind: puts another function in the place of a method. */
// biome-ignore lint/suspicious/noExplicitAny: the two kinds have nothing in common
function wrapped(...[target, context, descriptor]: any[]): any {
  const method = descriptor?.value ?? target;
  const wrapper = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    return ['wrapped', await Reflect.apply(method, this, args)];
  };
  void context;
  return descriptor ? { ...descriptor, value: wrapper } : wrapper;
}

/** Of either kind as well: puts a derived class in the place of a class. */
// biome-ignore lint/suspicious/noExplicitAny: as above
function derived(base: any, _context?: unknown): any {
  return class extends base {
    static higher = 5;
  };
}

export async function main(n: number, { extra = 1, ...rest }: Partial<Item> = {}): Promise<unknown> {
  'use durable';
  await sleep(1);
  class Box {
    static start = 0;
    static {
      Box.start = 5;
    }
    #value: number;
    readonly twice = () => this.#value * 2;
    constructor(value: number) {
      this.#value = value;
    }
    async get(): Promise<number> {
      return (await double(this.#value)) + Box.start + this.twice();
    }
  }
  const o: { f?: (x: number) => Promise<number>; none?: () => Promise<number> } = { f: double };
  let total: number | undefined;
  total ??= await o.f?.(3);
  const none = await o.none?.();
  const seen: number[] = [];
  for await (const value of [double(1), double(2)]) seen.push(value);
  const closed: string[] = [];
  {
    using guard = { [Symbol.dispose]: () => void closed.push('closed') };
    closed.push(`${await double(4)} ${typeof guard}`);
  }
  const spread = { ...rest, ...{ z: (await double(9)) ** Rate.Low }, level: Level.High };
  const parts = await Promise.all([1, 2].map(async (x) => [await double(x), arguments.length]));
  try {
    if (n < 0) await double(n);
    return { box: await new Box(2).get(), total, none, seen, closed, spread, parts, extra, name: main.name };
  } catch (error) {
    return error instanceof Refused ? error.reason : 'other';
  } finally {
    await double(0);
  }
}

export const arrow = async (n: number): Promise<number> => {
  'use durable';
  return (await double(n)) ** 2;
};

export const shop = {
  tax: 3,
  async run(n: number): Promise<number> {
    'use durable';
    return this.tax + (await double(n));
  },
  expression: async function (n: number): Promise<number> {
    'use durable as expression';
    return await double(n);
  },
};

export namespace Space {
  const factor = 2;
  export async function declared(n: number): Promise<number> {
    'use durable';
    return factor * (await double(n));
  }
  export namespace Deep {
    export const bound = async function (n: number): Promise<number> {
      'use durable';
      return factor * (await double(n));
    };
  }
}

@derived
export class Till {
  static rate = 1;

  static async plain(n: number): Promise<unknown> {
    'use durable';
    return [await double(n), this.rate, Reflect.get(this, 'higher')];
  }

  @wrapped
  static async decorated(n: number): Promise<unknown> {
    'use durable';
    return [await double(n), this.rate, Reflect.get(this, 'higher')];
  }

  static quick = async (n: number): Promise<unknown> => {
    'use durable';
    return await double(n);
  };
}

export async function callsDecorated(n: number): Promise<unknown> {
  'use durable';
  return await Till.decorated(n);
}

export class Order {
  #total: number;
  constructor(total: number) {
    this.#total = total;
  }
  async checkout(n: number): Promise<unknown> {
    'use durable';
    return [await double(n), this.#total, this instanceof Order];
  }
  static restore(total: number): Order {
    return new Order(total);
  }
  get total(): number {
    return this.#total;
  }
}
registerClass(Order, { encode: ({ total }) => total, decode: (total: number) => Order.restore(total) });

export class Pair {
  readonly #value: number;
  constructor(value: number) {
    this.#value = value;
  }
  async run(): Promise<unknown> {
    'use durable';
    return [await double(this.#value), this instanceof Pair];
  }
  [Symbol.for('use-durable.encode')](): number {
    return this.#value;
  }
  static [Symbol.for('use-durable.decode')](value: number): Pair {
    return new Pair(value);
  }
}

export default async function (n: number): Promise<number> {
  'use durable';
  return await double(n);
}
