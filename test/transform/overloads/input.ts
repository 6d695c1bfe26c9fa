import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// A function with the signatures of overloads is the one function that it would be without them.

async function get(name: string, value: number): Promise<number> {
  effect(name);
  return later(1, value);
}

export async function scale(n: number): Promise<number>;
export async function scale(n: string): Promise<string>;
export async function scale(n: number | string): Promise<number | string> {
  'use durable';
  const value = await get('scale', Number(n));
  return typeof n === 'string' ? String(value * 2) : value * 2;
}

export class Shop {
  static async tax(n: number): Promise<number>;
  static async tax(n: string): Promise<string>;
  static async tax(n: number | string): Promise<number | string> {
    'use durable';
    const value = await get('tax', Number(n));
    return typeof n === 'string' ? `${value}` : value;
  }
}

abstract class Job {
  abstract label: string;
  abstract run(n: number): Promise<number>;
  abstract run(n: string): Promise<number>;
}

export default async function (n: number): Promise<number>;
export default async function (n: string): Promise<number>;
export default async function (n: number | string): Promise<number> {
  'use durable';
  return get('default', Number(n));
}

export async function main(): Promise<unknown> {
  'use durable';
  let total = 0;
  const seen: string[] = [];

  // Hoisted, waits, awaits and changes variables of the function around it.
  await add(10);
  await add('20');
  async function add(n: number): Promise<void>;
  async function add(n: string): Promise<void>;
  async function add(n: number | string): Promise<void> {
    await sleep(1);
    const value = await get(`add ${n}`, Number(n));
    total += value;
  }

  // Synchronous ones are plain code.
  function note(n: number): number;
  function note(n: string): string;
  function note(n: number | string): number | string {
    seen.push(`note ${n}`);
    return n;
  }
  const noted = [note(1), note('two')];
  const awaited = await note('three');

  // Handed on as a value, and declared in a clause.
  const many = await Promise.all([3, 4].map(add));
  switch (noted.length) {
    case 2:
      await inClause(5);
      break;
    default:
      async function inClause(n: number): Promise<void>;
      async function inClause(n: string): Promise<void>;
      async function inClause(n: number | string): Promise<void> {
        total += await get('clause', Number(n));
      }
  }

  class Account {
    readonly entries: string[] = [];
    static readonly open = 100;
    constructor();
    constructor(start: number);
    constructor(private balance: number = Account.open) {
      total += 1;
    }
    async deposit(n: number): Promise<number>;
    async deposit(n: string): Promise<number>;
    async deposit(n: number | string): Promise<number> {
      const value = await get(`deposit ${n}`, Number(n));
      this.balance += value;
      total += value;
      return this.#book(value);
    }
    async #book(n: number): Promise<number>;
    async #book(n: string): Promise<number>;
    async #book(n: number | string): Promise<number> {
      const fee = await get('fee', 1);
      this.entries.push(`${n} ${fee}`);
      return this.balance - fee;
    }
    static async of(n: number): Promise<Account>;
    static async of(n: string): Promise<Account>;
    static async of(n: number | string): Promise<Account> {
      const value = await get('of', Number(n));
      total += value;
      return new Account(value);
    }
    *lines(from: number): Generator<string>;
    *lines(from: string): Generator<string>;
    *lines(from: number | string): Generator<string> {
      yield `from ${from}`;
      yield* this.entries;
    }
  }
  const account = await Account.of('7');
  const balances = [await account.deposit(30), await account.deposit('4'), await new Account().deposit(1)];

  class Packing extends Job {
    label = 'packing';
    async run(n: number): Promise<number>;
    async run(n: string): Promise<number>;
    async run(n: number | string): Promise<number> {
      total += await get(this.label, Number(n));
      return total;
    }
  }
  abstract class Local {
    abstract readonly name: string;
    abstract call(): Promise<number>;
    async twice(): Promise<number> {
      return (await this.call()) + (await this.call());
    }
  }
  class Concrete extends Local {
    readonly name = 'concrete';
    async call(): Promise<number> {
      return get(this.name, 2);
    }
  }

  async function* pages(n: number): AsyncGenerator<number>;
  async function* pages(n: string): AsyncGenerator<number>;
  async function* pages(n: number | string): AsyncGenerator<number> {
    for (let i = 0; i < Number(n); i++) {
      total += i;
      yield await get(`page ${i}`, i);
    }
  }
  const read: number[] = [];
  for await (const page of pages('2')) read.push(page);

  return {
    total,
    seen,
    noted,
    awaited,
    many,
    balances,
    lines: [...account.lines('x')],
    packed: await new Packing().run('2'),
    concrete: await new Concrete().twice(),
    read,
    children: [await scale(3), await scale('4'), await Shop.tax('5')],
  };
}
