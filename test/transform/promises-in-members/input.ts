import { effect, fail, later } from '../../support/effects.ts';

async function load(name: string): Promise<string> {
  effect(`load ${name}`);
  return later(1, name);
}

async function broken(name: string): Promise<never> {
  effect(`broken ${name}`);
  return fail(2, new Error(name));
}

export async function main(): Promise<unknown> {
  'use durable';
  class Group {
    #jobs: Promise<unknown>[] = [];
    readonly names = new Set<string>();
    go(name: string, work: (name: string) => Promise<unknown>): this {
      this.#jobs.push(work(name));
      this.names.add(name.toUpperCase());
      return this;
    }
    async all(): Promise<unknown[]> {
      return await Promise.all(this.#jobs);
    }
    async outcomes(): Promise<string[]> {
      return (await Promise.allSettled(this.#jobs)).map(({ status }) => status);
    }
  }
  const group = new Group().go('a', load).go('b', async (name) => `${await load(name)}!`);
  const out: unknown[] = [await group.all(), [...group.names]];
  out.push(await new Group().go('c', broken).go('d', load).outcomes());

  const queue = {
    waiting: [] as Promise<string>[],
    add(name: string): void {
      this.waiting.push(load(name));
    },
  };
  queue.add('e');
  queue.add('f');
  for (const job of queue.waiting) out.push(await job);

  class Starters {
    static first = [load('g')];
    rest = { h: load('h') };
    late: Promise<string>[] = [];
    constructor() {
      this.late = [load('i')];
    }
  }
  const starters = new Starters();
  out.push(await Promise.all(Starters.first), await starters.rest.h, await Promise.all(starters.late));
  return out;
}
