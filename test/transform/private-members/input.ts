import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  class Counter {
    #n = 0;
    static #made = 0;
    #log: string[] = [];
    constructor() {
      Counter.#made++;
    }
    // They change the object: a replay must do that again.
    async #bump(by: number): Promise<number> {
      this.#log.push(await job(`bump ${by}`));
      this.#n += by;
      return this.#n;
    }
    #sync(by: number): Promise<string> {
      this.#n += by;
      return job(`sync ${by}`);
    }
    static async #create(): Promise<Counter> {
      await job('create');
      return new Counter();
    }
    static async make(): Promise<Counter> {
      return await this.#create();
    }
    async run(): Promise<unknown> {
      const first = await this.#bump(1);
      const [second, third] = await Promise.all([this.#bump(10), this.#sync(100)]);
      return { first, second, third, n: this.#n, log: this.#log, made: Counter.#made, own: #n in this };
    }
  }
  const counter = await Counter.make();
  return await counter.run();
}
