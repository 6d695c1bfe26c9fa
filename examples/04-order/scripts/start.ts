/*
 * Two orders over HTTP. The first one waits for a manager, and the server is killed meanwhile. The second one can't be
 * shipped, and the server is killed while the order is undone.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Demo, demonstrate } from '../../scripts/demo.ts';
import { type Watched, watch } from '../../scripts/watched.ts';

async function main(demo: Demo): Promise<void> {
  const { display, temporary, check } = demo;
  const shopPath = join(temporary, 'shop.db');
  const env = {
    ORDERS_STORE: join(temporary, 'orders.db'),
    SHOP_DB: shopPath,
    SHOP_DELAY_MS: '150',
    PORT: '0',
    API_KEY: 'secret',
  };
  const startServer = async (heading: string): Promise<{ server: Watched; url: string }> => {
    const server = await watch(demo, heading, 'server.js', [], env);
    const [url] = await server.line(/http:\S+/);
    return { server, url };
  };
  /** A request as `curl` would make it; gives the body of the answer. */
  const request = async (method: string, url: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' };
    const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  const resultOf = async (url: string, id: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const run = await request('GET', `${url}/runs/${id}`);
      if (run.status !== 'running') return run.result as Record<string, unknown>;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  let { server, url } = await startServer('takes orders');
  const desks = { item: 'desk', quantity: 2, card: '4242', country: 'Japan' };
  display.line('  POST /runs/placeOrder?id=order-1  2 desks to Japan');
  await request('POST', `${url}/runs/placeOrder?id=order-1`, { args: [desks] });
  await server.line(/the manager is asked/);
  await server.kill('and order-1 waits for the manager');

  ({ server, url } = await startServer('resumes order-1'));
  const shop = new DatabaseSync(shopPath, { readOnly: true });
  const token = String(shop.prepare('select body from mails').get()?.body);
  display.line('  POST /callbacks/<token>  {"value": {"approved": true, "by": "Grace"}}');
  await request('POST', `${url}/callbacks/${token}`, { value: { approved: true, by: 'Grace' } });
  const first = await resultOf(url, 'order-1');

  const lamps = { item: 'lamp', quantity: 3, card: '4242', country: 'Atlantis' };
  display.line('  POST /runs/placeOrder?id=order-2  3 lamps to Atlantis');
  await request('POST', `${url}/runs/placeOrder?id=order-2`, { args: [lamps] });
  await server.line(/payment: refunded/);
  await server.kill('and order-2 is half undone');

  ({ server, url } = await startServer('resumes order-2'));
  const second = await resultOf(url, 'order-2');

  display.heading('Results');
  display.line(`  order-1  ${JSON.stringify(first)}`);
  display.line(`  order-2  ${JSON.stringify(second)}`);

  display.heading('Promise');
  const count = (sql: string): number => Number(shop.prepare(`select count(*) as n from ${sql}`).get()?.n);
  const mails = count('mails');
  const payments = count('payments where amount = 600 and refunded = 0');
  const parcels = count('parcels');
  check(mails === 1 && payments === 1 && parcels === 1, 'order-1: one mail, one payment, one parcel');
  const refunded = count('payments where amount = 120 and refunded = 1');
  const left = count("reservations where item = 'lamp'");
  check(refunded === 1 && left === 0, 'order-2: the payment is refunded, no lamp is reserved any more');
  shop.close();
}

await demonstrate(import.meta.url, main);
