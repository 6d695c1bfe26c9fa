import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createHandler } from 'use-durable';
import { durable } from './shop/durable.ts';
import { order } from './shop/order.ts';

const app = new Hono();
const handler = createHandler(durable(), {
  functions: { order },
  authorize: () => true,
  basePath: '/durable',
});

app.all('/durable/*', (c) => handler(c.req.raw));

app.post('/orders', async (c) => {
  const item = c.req.query('item') ?? '';
  const run = await durable().start(order, [item], { id: item });
  return c.json({ id: run.id });
});

app.get('/orders', async (c) => {
  const run = await durable().get(c.req.query('item') ?? '');
  const status = await run?.status();
  return c.json(status === 'completed' ? { status, result: await run?.result() } : { status });
});

app.post('/approvals', async (c) => {
  await durable().complete(c.req.query('token') ?? '', c.req.query('by'));
  return c.body(null, 204);
});

await durable().recover();
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
