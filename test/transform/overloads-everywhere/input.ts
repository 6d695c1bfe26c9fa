import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// Overloads of all kinds of local functions: nested, hoisted, generic, async and not, of classes with accessors and statics.
async function add(a: number, b: number): Promise<number> {
  effect(`add ${a} ${b}`);
  return later(1, a + b);
}

export async function main(): Promise<unknown> {
  'use durable';
  let total = 0;
  const log: string[] = [];
  await take(1);
  await take('2', true);
  function note(n: number): void;
  function note(n: string, more: string): void;
  function note(n: number | string, more = ''): void {
    log.push(`${n}${more}`);
  }
  async function take(n: number): Promise<number>;
  async function take(n: string, twice: boolean): Promise<number>;
  async function take(n: number | string, twice = false): Promise<number> {
    await sleep(1);
    const value = await add(Number(n), total);
    total += twice ? value * 2 : value;
    note(total);
    note('n', '!');
    return total;
  }
  class Till {
    #sum = 0;
    static async open(n: number): Promise<Till>;
    static async open(n: string): Promise<Till>;
    static async open(n: number | string): Promise<Till> {
      const till = new Till();
      await till.put(n as never);
      return till;
    }
    async put(n: number): Promise<void>;
    async put(n: string): Promise<void>;
    async put(n: number | string): Promise<void> {
      this.#sum += await add(this.#sum, Number(n));
      total += this.#sum;
    }
    get sum(): number {
      return this.#sum;
    }
  }
  const till = await Till.open('5');
  await Promise.all([till.put(1), till.put('2')]);
  function* each(n: number): Generator<number>;
  function* each(n: string): Generator<number>;
  function* each(n: number | string): Generator<number> {
    for (let i = 0; i < Number(n); i++) yield total++;
  }
  const seen = [...each('2'), ...each(1)];
  return [total, log, till.sum, seen];
}
