import { job } from './steps.ts';

export class Shop {
  static async checkout(id: number): Promise<unknown> {
    'use durable';
    return await job(`a${id}`);
  }

  async local(id: number): Promise<unknown> {
    return await job(`b${id}`);
  }
}

export const shop = {
  async refund(id: number): Promise<unknown> {
    'use durable';
    return await job(`c${id}`);
  },
};
