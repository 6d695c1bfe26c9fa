import ky from 'ky';
import { sleep } from 'use-durable';

const shop = ky.create({ prefixUrl: process.env.WEB_URL ?? '', retry: 0, throwHttpErrors: false });
export const close = async () => {};

interface Job {
  readonly id: number;
  readonly state: 'queued' | 'done';
}

export async function main() {
  'use durable';
  const { id } = await shop.post('jobs', { json: { what: 'print' } }).json<Job>();
  const states: string[] = [];
  for (let looks = 0; looks < 10; looks++) {
    const { state } = await shop.get(`jobs/${id}`).json<Job>();
    states.push(state);
    if (state === 'done') break;
    await sleep('30ms');
  }
  const response = await shop.get(`jobs/${id}/result`);
  const text = await response.text();
  return { states, status: response.status, type: response.headers.get('content-type'), text };
}
