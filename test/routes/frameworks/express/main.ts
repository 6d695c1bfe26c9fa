import express from 'express';
import { createHandler, toNodeListener } from 'use-durable';
import { durable } from './shop/durable.ts';
import { order } from './shop/order.ts';

const app = express();
const handler = createHandler(durable(), { functions: { order }, authorize: () => true });

app.use('/durable', toNodeListener(handler));
app.use(express.json());

app.post('/orders', async (request, response) => {
  const item = String(request.query.item);
  const run = await durable().start(order, [item], { id: item });
  response.json({ id: run.id });
});

app.get('/orders', async (request, response) => {
  const run = await durable().get(String(request.query.item));
  const status = await run?.status();
  response.json(status === 'completed' ? { status, result: await run?.result() } : { status });
});

app.post('/approvals', async (request, response) => {
  await durable().complete(String(request.query.token), request.query.by);
  response.status(204).end();
});

await durable().recover();
app.listen(Number(process.env.PORT), '127.0.0.1');
