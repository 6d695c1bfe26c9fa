import axios from 'axios';
import { sleep } from 'use-durable';

const bank = axios.create({ baseURL: process.env.WEB_URL ?? '', validateStatus: (status) => status < 600 });
export const close = async () => {};

interface Charge {
  readonly id: string;
  readonly state: 'done' | 'pending';
}

class Declined extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`declined: ${code}`);
    this.name = 'Declined';
    this.code = code;
  }
}

const charge = (order: string, cents: number) =>
  bank.post<Charge & { code?: string }>(
    '/flaky/charges',
    { order, cents },
    { headers: { 'idempotency-key': order } },
  );

export async function main() {
  'use durable';
  const seen: number[] = [];
  let backoff = 5;
  for (let attempt = 1; attempt <= 5; attempt++) {
    const { status, data, headers } = await charge('o-1', 950);
    seen.push(status);
    if (status === 402) throw new Declined(data.code ?? 'unknown');
    if (status < 300) {
      const receipt = await bank.get<Charge>(`/charges/${data.id}`);
      return {
        seen,
        attempt,
        id: receipt.data.id,
        state: receipt.data.state,
        type: receipt.headers['content-type'],
      };
    }
    await sleep(Number(headers['retry-after'] ?? 0) * 1000 || backoff);
    backoff *= 2;
  }
  throw new Declined('given up');
}
