import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export const Shop = class {
  static open = true;
  static async sell(name: string): Promise<unknown> {
    'use durable';
    return [await job(name), this.open, this.name];
  }
  static Inner = class Deep {
    static async sell(name: string): Promise<unknown> {
      'use durable';
      return [await job(name), this.name];
    }
  };
  static tools = {
    async use(name: string): Promise<unknown> {
      'use durable';
      return await job(name);
    },
  };
};

export async function main(): Promise<unknown> {
  'use durable';
  return [await Shop.sell('a'), await Shop.Inner.sell('b'), await Shop.tools.use('c')];
}
