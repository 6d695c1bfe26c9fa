import { effect, fail, later } from '../../support/effects.ts';

// Code elsewhere that calls functions of the durable function, and waits by timers of its own between two calls. Where its promise
// goes on as a value, what the functions await are steps, and a replay waits for the timers before it says that nobody asks.
async function flaky(name: string, attempt: number, failures: number): Promise<string> {
  effect(`${name} ${attempt}`);
  return attempt <= failures ? fail(1, new Error(`${name} ${attempt}`)) : later(1, `${name} at last`);
}

async function patiently<T>(f: (attempt: number) => Promise<T>, ms: number): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await f(attempt);
    } catch (error) {
      if (attempt === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }
}

const withTimeout = async <T>(p: Promise<T>, ms: number): Promise<T> =>
  Promise.race([p, new Promise<never>((_, reject) => setTimeout(reject, ms, new Error('too late')).unref())]);

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let calls = 0;
  const count = async (n: number): Promise<string> => {
    calls++;
    return flaky('a', n, 2);
  };
  out.push(await withTimeout(patiently((n) => flaky('b', n, 1), 5), 60_000));
  out.push(await withTimeout(patiently(count, 3), 60_000), calls);
  try {
    await withTimeout(patiently((n) => flaky('c', n, 9), 2), 60_000);
  } catch (error) {
    out.push((error as Error).message);
  }
  const both = await Promise.all([
    withTimeout(patiently((n) => flaky('d', n, 1), 8), 60_000),
    withTimeout(patiently((n) => flaky('e', n, 1), 4), 60_000),
  ]);
  out.push(both);
  return out;
}
