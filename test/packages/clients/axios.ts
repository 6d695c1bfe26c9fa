import axios, { AxiosError } from 'axios';

const api = axios.create({ baseURL: process.env.WEB_URL ?? '', headers: { 'x-client': 'shop' } });
export const close = async () => {};

interface Order {
  readonly id: number;
  readonly total: number;
}

export async function main() {
  'use durable';
  const response = await api.get<Order>('/orders/1');
  const { data, status, statusText, headers, config } = response;
  const created = await api.post<Order>('/orders', { total: 5 }, { params: { dry: true } });
  const both = await Promise.all([api.get<Order>('/orders/1'), api.get<Order>('/orders/2')]);
  let failed: unknown;
  try {
    await api.get('/orders/404');
  } catch (error) {
    if (error instanceof AxiosError)
      failed = [error.response?.status, error.response?.data.reason, error.code];
  }
  return [
    data,
    [
      status,
      statusText,
      headers['content-type'],
      headers['x-request'],
      Object.keys(headers).includes('x-request'),
    ],
    [config.method, config.url, config.baseURL, config.headers['x-client']],
    [created.status, created.data.id, created.config.params, created.config.data],
    both.map(({ data }) => data.total),
    failed,
  ];
}
