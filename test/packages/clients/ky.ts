import ky, { HTTPError, TimeoutError } from 'ky';

const api = ky.create({ prefixUrl: process.env.WEB_URL ?? '', retry: 0 });
export const close = async () => {};

interface Order {
  readonly id: number;
  readonly total: number;
}

export async function main() {
  'use durable';
  const order = await api.get('orders/1').json<Order>();
  const created = await api.post('orders', { json: { total: 5 } }).json<Order>();
  const response = await api.get<Order>('orders/2');
  const { status, ok, headers } = response;
  const second = await response.json();
  const [one, two] = await Promise.all([api.get('orders/1').json<Order>(), api.get('orders/2').text()]);
  const lenient = await api.get('orders/404', { throwHttpErrors: false });
  const again = await api.get('again', { retry: { limit: 2, delay: () => 1 } }).json<{ nth: number }>();
  const seen: unknown[] = [];
  try {
    await api.get('orders/404');
  } catch (e) {
    if (e instanceof HTTPError)
      seen.push([
        e.name,
        e.response.status,
        e.message.split(' ')[0],
        e.request.url.endsWith('/404'),
        e.request.method,
      ]);
  }
  try {
    await api.get('slow', { timeout: 100 });
  } catch (e) {
    if (e instanceof TimeoutError) seen.push([e.name, e.request.method, e.message.split(':')[0]]);
  }
  try {
    await api.get('broken').json();
  } catch (e) {
    seen.push([e instanceof SyntaxError]);
  }
  return [
    order,
    created,
    [status, ok, headers.get('content-type'), second],
    one,
    two,
    lenient.status,
    again,
    seen,
  ];
}
