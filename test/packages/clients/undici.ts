import { errors, fetch, MockAgent, Pool, request } from 'undici';

const base = process.env.WEB_URL ?? '';
const pool = new Pool(base);
/** Answers that no server gives on purpose. */
const odd = new MockAgent();
odd.disableNetConnect();
odd
  .get('http://odd.test')
  .intercept({ path: '/reset' })
  .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
  .persist();
export async function close() {
  await pool.close();
  await odd.close();
}

interface Order {
  readonly id: number;
  readonly total: number;
}

export async function main() {
  'use durable';
  const order = await request(`${base}/orders/1`).then(async ({ statusCode, headers, body }) => ({
    statusCode,
    type: headers['content-type'],
    order: (await body.json()) as Order,
  }));
  const response = await fetch(`${base}/orders/2`);
  const [status, type, text] = [response.status, response.headers.get('content-type'), await response.text()];
  const posted = await fetch(`${base}/orders`, {
    method: 'POST',
    body: JSON.stringify({ total: 5 }),
    headers: { 'content-type': 'application/json' },
  });
  const made = (await posted.json()) as Order;
  const missing = await fetch(`${base}/orders/404`);
  const both = await Promise.all(
    [1, 2].map(async (id) => ((await (await fetch(`${base}/orders/${id}`)).json()) as Order).total),
  );
  const failures: unknown[] = [];
  try {
    await request('http://odd.test/reset', { dispatcher: odd });
  } catch (error) {
    failures.push([(error as NodeJS.ErrnoException).code, (error as Error).message]);
  }
  try {
    await request('http://127.0.0.1:1/');
  } catch (error) {
    failures.push([(error as NodeJS.ErrnoException).code, (error as NodeJS.ErrnoException).syscall]);
  }
  try {
    await fetch('http://127.0.0.1:1/');
  } catch (error) {
    failures.push([
      error instanceof TypeError,
      ((error as Error).cause as NodeJS.ErrnoException).code !== undefined,
    ]);
  }
  try {
    await pool.request({ path: 'no slash', method: 'GET' });
  } catch (error) {
    if (error instanceof errors.InvalidArgumentError) failures.push([error.name, error.code, error.message]);
  }
  try {
    await request(`${base}/orders/404`, { throwOnError: false, signal: AbortSignal.abort() });
  } catch (error) {
    failures.push([(error as Error).name]);
  }
  return [order, [status, type, text], [posted.status, made], [missing.ok, missing.status], both, failures];
}
