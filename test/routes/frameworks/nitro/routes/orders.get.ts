import { defineHandler, getQuery } from 'nitro/h3';
import { durable } from '../shop/durable.ts';

export default defineHandler(async (event) => {
  const { item } = getQuery(event);
  const run = await durable().get(String(item));
  const status = await run?.status();
  return status === 'completed' ? { status, result: await run?.result() } : { status };
});
