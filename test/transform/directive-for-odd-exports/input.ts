'use durable';
import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

async function chosen(name: string): Promise<string> {
  return `chosen ${await job(name)}`;
}

const first = (async (name: string) => `first ${await job(name)}`) satisfies (name: string) => Promise<string>,
  second = async function (name: string) {
    return `second ${await job(name)}`;
  };

/** A member is no exported function: this is a step. */
export const tools = {
  async use(name: string): Promise<string> {
    effect(`use ${name}`);
    return later(1, name);
  },
};

export async function main(): Promise<unknown> {
  return [await chosen('a'), await first('b'), await second('c'), await tools.use('d')];
}

export { first as renamed, second as 'a string' };
export default chosen;
