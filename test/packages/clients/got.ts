import got, { HTTPError, ParseError, RequestError, TimeoutError } from 'got';

const api = got.extend({
  prefixUrl: process.env.WEB_URL ?? '',
  retry: { limit: 0 },
  headers: { 'x-client': 'shop' },
});
export const close = async () => {};

interface Order {
  readonly id: number;
  readonly total: number;
}

/** The response of got is a stream: a step takes from it what is needed. */
const orderOf = async (id: number) => {
  const { body, statusCode, statusMessage, headers, ok, retryCount } = await api.get<Order>(`orders/${id}`, {
    responseType: 'json',
    throwHttpErrors: false,
  });
  return { body, statusCode, statusMessage, headers, ok, retryCount };
};

export async function main() {
  'use durable';
  const { body, statusCode, statusMessage, headers, ok, retryCount } = await orderOf(1);
  const order = await api.get('orders/2').json<Order>();
  const text = await api.get('orders/2').text();
  const buffer = await api.get('orders/2').buffer();
  const created = await api.post('orders', { json: { total: 5 } }).json<Order>();
  const [one, two] = await Promise.all([
    api.get('orders/1').json<Order>(),
    api.get('orders/2').json<Order>(),
  ]);
  const lenient = await orderOf(404);
  const seen: unknown[] = [];
  try {
    await api.get('orders/404').text();
  } catch (e) {
    if (e instanceof HTTPError)
      seen.push([
        e.name,
        e.code,
        e.message.split(':')[0],
        e.response.statusCode,
        e.response.body,
        e.options.method,
      ]);
  }
  try {
    await api.get('broken').json();
  } catch (e) {
    if (e instanceof ParseError) seen.push([e.name, e.code, e.response.statusCode]);
  }
  try {
    await got('http://127.0.0.1:1', { retry: { limit: 0 } }).text();
  } catch (e) {
    if (e instanceof RequestError) seen.push([e.name, e.code, e instanceof HTTPError]);
  }
  try {
    await api.get('slow', { timeout: { response: 100 } }).text();
  } catch (e) {
    if (e instanceof TimeoutError) seen.push([e.name, e.event, e.code]);
  }
  return [
    [body, statusCode, statusMessage, headers['content-type'], ok, retryCount],
    [order, text, buffer.length, created, one.total + two.total],
    [lenient.statusCode, lenient.ok],
    seen,
  ];
}
