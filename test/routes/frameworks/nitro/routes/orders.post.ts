import { defineHandler, getQuery } from 'nitro/h3';
import { durable } from '../shop/durable.ts';
import { order } from '../shop/order.ts';

export default defineHandler(async (event) => {
  const item = String(getQuery(event).item);
  const run = await durable().start(order, [item], { id: item });
  return { id: run.id };
});
