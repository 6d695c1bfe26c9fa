import { effect, later } from '../../support/effects.ts';

async function store(text: string): Promise<number> {
  effect(`store ${text}`);
  return later(1, text.length);
}

export async function main(): Promise<unknown> {
  'use durable';
  class Base {
    protected readonly name: string;
    constructor(name: string) {
      this.name = name;
    }
    async save(): Promise<number> {
      return await store(`base ${this.name}`);
    }
  }
  class Account extends Base {
    #balance = 0;
    static created = 0;
    static async open(name: string): Promise<Account> {
      await store(`open ${name}`);
      Account.created++;
      return new Account(name);
    }
    async #record(n: number): Promise<number> {
      const size = await store(`record ${this.name} ${n}`);
      this.#balance += n;
      return size;
    }
    async deposit(n: number): Promise<this> {
      await this.#record(n);
      return this;
    }
    field = async (n: number): Promise<number> => (await store(`field ${this.name}`)) + n;
    override async save(): Promise<number> {
      return (await super.save()) + this.#balance;
    }
    get balance(): number {
      return this.#balance;
    }
    get lazily(): Promise<number> {
      return store('lazily');
    }
  }
  const account = await Account.open('ada');
  await (await account.deposit(5)).deposit(6);
  const sizes = [await account.save(), await account.field(1)];
  const lazily = await account.lazily;
  const Anonymous = class {
    async go(): Promise<string> {
      return `gone ${await store('anonymous')}`;
    }
  };
  const gone = await new Anonymous().go();
  const many = await Promise.all(['x', 'y'].map(async (name) => (await Account.open(name)).balance));
  return { balance: account.balance, sizes, lazily, gone, many, created: Account.created, is: account instanceof Base, name: Account.name };
}
