import { job } from './steps.ts';

export class Shop {
  async checkout(id: number): Promise<unknown> {
    'use durable';
    return await job(`a${id}`);
  }

  refund = async (id: number): Promise<unknown> => {
    'use durable';
    return await job(`b${id}`);
  };

  async #hidden(): Promise<unknown> {
    return this.#hidden();
  }
}
