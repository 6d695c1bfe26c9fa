import { effect, later } from '../../support/effects.ts';

const api = {
  async load(name: string): Promise<string> {
    effect(`load ${name}`);
    return later(1, name);
  },
};

async function both(p: Promise<string>, [q]: Promise<string>[]): Promise<string> {
  'use durable';
  return `${await p} ${await q}`;
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  // Calls that are not awaited where they stand, but in the function of our own that gets the promise.
  const consume = async (p: Promise<string>) => `${await p}!`;
  out.push(await consume(api.load('parameter')));
  const object = {
    async both(p: Promise<string>, q: Promise<string>) {
      return [await p, await q];
    },
  };
  out.push(await object.both(api.load('method 1'), api.load('method 2')));
  const rest = async (...all: Promise<string>[]) => await Promise.all(all);
  out.push(await rest(api.load('rest 1'), ...['rest 2'].map((name) => api.load(name))));
  const named = async ({ p }: { p: Promise<string> }) => await p;
  out.push(await named({ p: api.load('property') }));
  const withDefault = async (p = api.load('default')) => await p;
  out.push(await withDefault(), await withDefault(api.load('given')));
  class Holder {
    readonly p: Promise<string>;
    q?: Promise<string>;
    field = api.load('field');
    #hidden?: Promise<string>;
    constructor(p: Promise<string>) {
      this.p = p;
    }
    start(): this {
      this.q = api.load('this');
      return this;
    }
    hidden(): Promise<string> {
      this.#hidden ??= api.load('private');
      return this.#hidden;
    }
    async all(): Promise<string[]> {
      return [await this.p, (await this.q) ?? 'none', await this.field];
    }
  }
  const holder = new Holder(api.load('constructor')).start();
  out.push(await holder.all(), await holder.hidden(), await holder.hidden());
  const assigned: { r?: Promise<string> } = {};
  Object.assign(assigned, { r: api.load('assigned') });
  out.push(await assigned.r);
  out.push(await both(api.load('durable 1'), [api.load('durable 2')]));
  return out;
}
