import axios from 'axios';
import pRetry, { AbortError } from 'p-retry';
import pTimeout from 'p-timeout';
import { sleep } from 'use-durable';

export const close = async () => {};

const api = axios.create({ baseURL: process.env.WEB_URL ?? '', validateStatus: () => true });

async function open(subject: string): Promise<{ id: string }> {
  const { status, data } = await api.post<{ id: string }>('/flaky/charges', { subject });
  if (status === 400) throw new AbortError('it is no ticket');
  if (status >= 500) throw new Error(`busy (${status})`);
  return data;
}
async function stateOf(id: string): Promise<string> {
  const { data } = await pTimeout(api.get<{ state: string }>(`/charges/${id}`), { milliseconds: 60_000 });
  return data.state;
}

export async function main() {
  'use durable';
  const ticket = await pRetry(() => open('printer'), { retries: 4, minTimeout: 1, factor: 1 });
  await sleep('10ms');
  const state = await stateOf(ticket.id);
  return { id: ticket.id, state };
}
