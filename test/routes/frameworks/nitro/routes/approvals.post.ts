import { defineHandler, getQuery } from 'nitro/h3';
import { durable } from '../shop/durable.ts';

export default defineHandler(async (event) => {
  const { token, by } = getQuery(event);
  await durable().complete(String(token), by);
  return {};
});
