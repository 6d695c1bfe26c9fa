import { step } from 'use-durable';
import { query, work } from './services.ts';

export async function main(): Promise<unknown> {
  'use durable';
  const done = await step('work', async () => {
    const p = work();
    setTimeout(() => p.cancel(), 1000).unref();
    return await p;
  });
  const q = query('select').simple();
  const p = work();
  return [done, await q, await p.catch(() => 'failed')];
}
