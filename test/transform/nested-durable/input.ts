import { effect, fail, later } from '../../support/effects.ts';

async function charge(id: number, ms = 1): Promise<string> {
  effect(`charge ${id}`);
  if (id < 0) return fail(ms, new RangeError(`bad id ${id}`));
  return later(ms, `c${id}`);
}

export async function pay(id: number, { ms = 1 } = {}): Promise<string> {
  'use durable';
  const first = await charge(id, ms);
  return `${first}+${await charge(id + 100)}`;
}

export const payArrow = async (id: number): Promise<string> => {
  'use durable';
  return charge(id);
};

const payExpression = async function inner(id: number): Promise<string> {
  'use durable';
  return id > 1 ? await inner(id - 1) : await charge(id);
};

export const group = {
  async method(id: number): Promise<string> {
    'use durable';
    return await charge(id);
  },
  arrow: async (id: number) => {
    'use durable';
    return await charge(id);
  },
  nested: {
    fn: async function (id: number) {
      'use durable';
      return await charge(id);
    },
  },
};

export class Payments {
  static async all(ids: number[]): Promise<string[]> {
    'use durable';
    return await Promise.all(ids.map((id) => pay(id)));
  }
}

export default async function (id: number): Promise<string> {
  'use durable';
  return await pay(id);
}

export async function countdown(n: number): Promise<number> {
  'use durable';
  await charge(n);
  return n === 0 ? 0 : 1 + (await countdown(n - 1));
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await pay(1), await pay(2));
  out.push(await payArrow(3), await payExpression(2), await group.method(4), await group.arrow(5), await group.nested.fn(6));
  out.push(await countdown(1));
  try {
    await pay(-1);
  } catch (error) {
    out.push(error instanceof RangeError, (error as Error).message);
  }
  out.push(pay.name, pay.length, payArrow.name, group.method.name, typeof Payments.all);
  return out;
}
