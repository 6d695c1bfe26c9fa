import { sleep, step } from 'use-durable';
import { act } from '../effects.ts';

/** Steps in a row and side by side, retries, waits, errors that are caught; its result depends on nothing but `n`. */
export async function order(n: number): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  log.push(await act('open', n));
  for (let i = 0; i < 3; i++) {
    await sleep(5 + ((n * 7) % 40));
    log.push(await act(`turn ${i}`, n + i));
  }
  const parts = await Promise.all(
    [3, 1, 2].map(async (part) => {
      const first = await act(`first ${part}`, part);
      await sleep(part * 15);
      return [first, await act(`second ${part}`, part)];
    }),
  );
  log.push(parts);
  try {
    await act('refuse', -1);
  } catch (error) {
    log.push((error as Error).message);
  } finally {
    log.push(await act('cleanup', n));
  }
  const retried = await step('flaky', () => act('flaky', n, 2), { retry: { attempts: 3, delay: 5 } });
  const started = act('started', n);
  await sleep(20);
  log.push(retried, await started);
  return log;
}
