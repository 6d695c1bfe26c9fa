// @ts-nocheck Every line is a mistake.
import { effect, later } from '../../support/effects.ts';

async function load(value: unknown): Promise<unknown> {
  effect('load');
  return later(1, value);
}

const x = { y: undefined, z: 5, s: 'text', o: { n: 1 } };
const missing = undefined;
const $headers = async () => missing;

class Jobs {
  static async run(): Promise<void> {
    await this.missing();
  }
}

export async function main(): Promise<unknown> {
  'use durable';
  const said: string[] = [];
  const key = 'y';
  const hear = async (mistake: () => Promise<unknown>): Promise<void> => {
    try {
      await mistake();
      said.push('nothing');
    } catch (error) {
      said.push(`${error.constructor.name}: ${error.message}`);
    }
  };
  class Local {
    #field = 5;
    async own(): Promise<unknown> {
      return await this.missing();
    }
    async hidden(): Promise<unknown> {
      return await this.#field();
    }
  }

  await hear(async () => await missing());
  await hear(async () => await x.y());
  await hear(async () => await x.y(1));
  await hear(async () => await x['y']());
  await hear(async () => await x[key]());
  await hear(async () => await x[key + 1]());
  await hear(async () => await x[0]());
  await hear(async () => await x[await load('y')]());
  await hear(async () => await x?.y());
  await hear(async () => await x?.o.n());
  await hear(async () => await x.o?.['n']?.(1));
  await hear(async () => await (x?.o).n());
  await hear(async () => await (0, x.y)());
  await hear(async () => await (x.y ?? x.z)());
  await hear(async () => await (x ? x.y : load)());
  await hear(async () => await (await load(missing))());
  await hear(async () => await (await load({})).y());
  await hear(async () => await x.y`text`);
  await hear(async () => await 'text'.y());
  await hear(async () => await `${x.s}`.y());
  await hear(async () => await [1].y());
  await hear(async () => await (!x)());
  await hear(async () => await (-1)());
  await hear(async () => await (typeof x)());
  await hear(async () => await new Local().own());
  await hear(async () => await new Local().hidden());
  await hear(async () => await Jobs.run.call({}));
  await hear(async () => await x.y.bind(x)());
  await hear(async () => {
    const started = x[key]();
    await started;
  });
  await hear(async () => await load(1).y());
  await hear(async () => await load(1).y.z());
  await hear(async () => await load(1)[key]().then((value) => value));
  await hear(async () => await $headers().y());
  await hear(async () => await (async () => 5)().y());

  await hear(async () => {
    for await (const value of x.z) said.push(value);
  });
  await hear(async () => {
    for await (const value of x) said.push(value);
  });
  await hear(async () => {
    for await (const value of x.o['n']) said.push(value);
  });
  await hear(async () => {
    for await (const value of x.y) said.push(value);
  });
  await hear(async () => {
    for await (const value of await load(5)) said.push(value);
  });
  await hear(async () => {
    for await (const value of Number(x.s)) said.push(value);
  });
  await hear(async () => {
    const notAll = async function* () {
      yield* x.z;
    };
    for await (const value of notAll()) said.push(value);
  });
  return said;
}
