import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHandler, createRuntime, fileStore, toNodeListener } from 'use-durable';
import { placeOrder } from './order.js';

/*
 * Takes orders and approvals over HTTP, and works on the orders:
 *
 *   ORDERS_STORE (default .durable/orders.db), SHOP_DB (shop.db), PORT (3000; 0: any), API_KEY
 */
const { ORDERS_STORE = '.durable/orders.db', PORT = '3000', API_KEY = 'secret' } = process.env;

const runtime = createRuntime({ store: fileStore(ORDERS_STORE) });
runtime.on('run-taken-up', ({ runId, events }) => {
  console.info(`${runId} resumes; ${events} events are recorded`);
});
await runtime.recover();

const handler = createHandler(runtime, {
  functions: { placeOrder },
  authorize: (_action, request) => request.headers.get('authorization') === `Bearer ${API_KEY}`,
});
const server = createServer(toNodeListener(handler));
server.listen(Number(PORT), '127.0.0.1', () => {
  console.info(`orders at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

process.once('SIGTERM', () => {
  server.close();
  void runtime.close({ store: true });
});
