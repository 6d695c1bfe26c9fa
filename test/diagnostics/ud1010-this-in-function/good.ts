import { job } from './steps.ts';

export async function main(this: void, id: number): Promise<unknown> {
  'use durable';
  const object = {
    id,
    async run(): Promise<unknown> {
      return await job(`a${this.id}`);
    },
  };
  function free(this: unknown): unknown {
    return this;
  }
  return [await object.run(), free.call(1)];
}

export const shop = {
  id: 1,
  async run(): Promise<unknown> {
    'use durable';
    return await job(`b${this.id}`);
  },
};
