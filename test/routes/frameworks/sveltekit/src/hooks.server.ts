import type { ServerInit } from '@sveltejs/kit';
import { durable } from '../shop/durable.ts';

export const init: ServerInit = async () => {
  await durable().recover();
};
