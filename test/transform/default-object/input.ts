import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export default ({
  prefix: 'p',
  async method(name: string): Promise<string> {
    'use durable';
    return this.prefix + (await job(name));
  },
  inner: {
    arrow: async (name: string): Promise<string> => {
      'use durable';
      return await job(name);
    },
    'by name': async function (name: string): Promise<string> {
      'use durable';
      return await job(name);
    },
  },
}) satisfies object;

export async function main(): Promise<unknown> {
  'use durable';
  const { default: workflows } = await import(import.meta.url);
  const { inner } = workflows;
  return [await workflows.method('a'), await inner.arrow('b'), await inner['by name']('c')];
}
