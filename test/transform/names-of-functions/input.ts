import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export const arrow = async (a: string, _b: string): Promise<string> => {
  'use durable';
  return job(a);
};

export const group = {
  method: async (a: string): Promise<string> => {
    'use durable';
    return job(a);
  },
};

export async function main(a = 'default', ...rest: string[]): Promise<unknown> {
  'use durable';
  const local = async (x: string) => job(x);
  const alias = local;
  const fn = async function (x: string, y: string) {
    return job(x + y);
  };
  const Class = class {
    async method() {
      return job('class');
    }
  };
  let assigned: (x: string) => Promise<string>;
  assigned = async (x) => job(x);
  const object = { property: async () => job('property'), async method() {}, [`comp${'uted'}`]: async () => job('computed') };
  const { missing = async () => job('missing') } = {} as { missing?: () => Promise<string> };
  const names = [local, alias, fn, Class, assigned, object.property, object.method, object['computed']!, missing].map((f) => f.name);
  const lengths = [local.length, fn.length, arrow.length, main.length];
  const durable = [arrow.name, group.method.name, main.name];
  const used = [await local(a), await alias('b'), await fn('c', 'd'), await new Class().method(), await assigned('e')];
  used.push(await object.property(), await object['computed']!(), await missing(), await arrow('f', 'g'));
  return { names, lengths, durable, used, rest, async: local.constructor.name, durableAsync: arrow.constructor.name };
}
