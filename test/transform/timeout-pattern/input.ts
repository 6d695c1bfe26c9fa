import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function answer(name: string, ms: number): Promise<string> {
  effect(`answer ${name}`);
  return later(ms, name);
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

export async function main(): Promise<unknown> {
  'use durable';
  const timeout = async (ms: number | string): Promise<never> => {
    await sleep(ms);
    throw new TimeoutError(`after ${ms}`);
  };
  const withTimeout = <T>(work: Promise<T>, ms: number | string): Promise<T> => Promise.race([work, timeout(ms)]);
  const log: unknown[] = [];
  log.push(await withTimeout(answer('quick', 1), '20s'));
  try {
    log.push(await withTimeout(answer('slow', 40), 2));
  } catch (error) {
    log.push(error instanceof TimeoutError, (error as Error).message);
  }
  log.push(await Promise.race([answer('direct', 1), timeout('20s').catch(() => 'timed out')]));
  log.push(await Promise.race([answer('late', 40), timeout(2).catch(() => 'timed out')]));
  return log;
}
