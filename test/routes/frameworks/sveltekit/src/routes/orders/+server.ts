import { json, type RequestHandler } from '@sveltejs/kit';
import { durable } from '../../../shop/durable.ts';
import { order } from '../../../shop/order.ts';

export const POST: RequestHandler = async ({ url }) => {
  const item = url.searchParams.get('item') ?? '';
  const run = await durable().start(order, [item], { id: item });
  return json({ id: run.id });
};

export const GET: RequestHandler = async ({ url }) => {
  const run = await durable().get(url.searchParams.get('item') ?? '');
  const status = await run?.status();
  return json(status === 'completed' ? { status, result: await run?.result() } : { status });
};
