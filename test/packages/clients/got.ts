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

const asJson = { responseType: 'json', throwHttpErrors: false } as const;

export async function main() {
  'use durable';
  const { body, statusCode, statusMessage, headers, ok, retryCount } = await api.get<Order>(
    'orders/1',
    asJson,
  );
  const whole = await api('orders/2');
  const posted = await api.post<Order>('orders', { json: { total: 7 }, responseType: 'json' });
  const order = await api.get('orders/2').json<Order>();
  const text = await api.get('orders/2').text();
  const buffer = await api.get('orders/2').buffer();
  const created = await api.post('orders', { json: { total: 5 } }).json<Order>();
  const [one, two] = await Promise.all([
    api.get('orders/1').json<Order>(),
    api.get('orders/2').json<Order>(),
  ]);
  const lenient = await api.get<Order>('orders/404', asJson);
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
    [
      whole.body,
      whole.rawBody.length,
      whole.url.endsWith('orders/2'),
      whole.requestUrl.pathname,
      whole.redirectUrls,
    ],
    [posted.body.total, posted.statusCode, posted.isFromCache, posted.timings.phases.total !== undefined],
    [order, text, buffer.length, created, one.total + two.total],
    [lenient.statusCode, lenient.ok],
    seen,
  ];
}
