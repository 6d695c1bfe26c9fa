import pRetry, { AbortError } from 'p-retry';
import pTimeout, { TimeoutError } from 'p-timeout';

export const close = async () => {};

class Declined extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(`declined: ${reason}`);
    this.name = 'Declined';
    this.reason = reason;
  }
}
const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));
const never = () => new Promise<string>((resolve) => setTimeout(resolve, 3_600_000, 'late').unref());
const counts = new Map<string, number>();
async function flaky(name: string, failures: number) {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  if (count <= failures) throw new Declined(`${name} ${count}`);
  return `${name} after ${count}`;
}
export const reset = async () => counts.clear();

const quick = { minTimeout: 1, factor: 1 } as const;

export async function main() {
  'use durable';
  const intime = await pTimeout(after(1, 'in time'), { milliseconds: 60_000 });
  const instead = await pTimeout(never(), { milliseconds: 30, fallback: () => 'instead' });
  const failures: unknown[] = [];
  try {
    await pTimeout(never(), { milliseconds: 30 });
  } catch (error) {
    if (error instanceof TimeoutError) failures.push([error.name, error.message]);
  }
  try {
    await pTimeout(never(), { milliseconds: 30, message: 'the bank slept' });
  } catch (error) {
    if (error instanceof TimeoutError) failures.push([error.name, error.message]);
  }
  try {
    await pTimeout(never(), { milliseconds: 30, message: new Declined('time') });
  } catch (error) {
    if (error instanceof Declined) failures.push(['declined', error.reason]);
  }
  const silent = await pTimeout(never(), { milliseconds: 30, message: false });
  const third = await pRetry(() => flaky('a', 2), { retries: 3, ...quick });
  try {
    await pRetry(() => flaky('b', 9), { retries: 2, ...quick });
  } catch (error) {
    if (error instanceof Declined) failures.push([error.reason, error.message, error.name]);
  }
  try {
    await pRetry(
      async (attempt: number) => {
        if (attempt === 2) throw new AbortError('enough');
        return await flaky('c', 9);
      },
      { retries: 5, ...quick },
    );
  } catch (error) {
    failures.push([(error as Error).message]);
  }
  const [first, second] = await Promise.all([
    pTimeout(
      pRetry(() => flaky('d', 1), { retries: 2, ...quick }),
      { milliseconds: 60_000 },
    ),
    pTimeout(after(2, 'e'), { milliseconds: 60_000 }),
  ]);
  return [intime, instead, silent, third, first, second, failures];
}
