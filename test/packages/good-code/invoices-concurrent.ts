import axios, { isAxiosError } from 'axios';
import dayjs from 'dayjs';
import pLimit from 'p-limit';
import pRetry from 'p-retry';
import { withPolicy } from 'use-durable';
import { v5 as uuid } from 'uuid';

export const close = async () => {};

const api = axios.create({ baseURL: process.env.WEB_URL ?? '' });
const send = withPolicy(
  async (key: string) => (await api.post<{ message: string }>('/mails', { key })).data.message,
  { retry: { attempts: 2, delay: 1 } },
);

/** Two a time, with what came of each; then the summary, with a date of the run. */
export async function main() {
  'use durable';
  const began = dayjs(new Date()).valueOf();
  const limit = pLimit(1);
  const results: Record<string, string> = {};
  let failures = 0;
  const ids = [1, 2, 3].map((n) => uuid(`invoice ${n}`, uuid.URL));
  for (const path of ['/jobs/7', '/no/such', '/site/robots']) {
    await limit(async () => {
      try {
        const { data, status } = await api.get<Record<string, unknown>>(path);
        results[path] = `${status}: ${Object.keys(data).join()}`;
      } catch (error) {
        failures += 1;
        results[path] = isAxiosError(error) ? `failed: ${error.response?.status}` : String(error);
      }
    });
  }
  const mails = await Promise.all(ids.map((id, n) => limit(send, `${n} ${id.slice(0, 4)}`)));
  const open = await pRetry(() => api.get<{ allow: boolean }>('/site/robots').then(({ data }) => data), {
    retries: 1,
  });
  const due = dayjs(began).add(30, 'day').diff(began, 'hour');
  return { results, failures, mails, open, due, pending: limit.pendingCount };
}
