import { job } from './steps.ts';

export async function main(this: { id: number }): Promise<unknown> {
  'use durable';
  return await job(`a${this.id}`);
}

export const expression = async function (this: { id: number }): Promise<unknown> {
  'use durable';
  const inner = async () => await job(`b${this.id}`);
  return await inner();
};
