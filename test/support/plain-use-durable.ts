/**
 * What `use-durable` means in a program that is not compiled: the plain meaning that compiled code is compared with.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Duration, parseDuration, parseSpan } from '../../runtime/base/durations.ts';

export function sleep(duration: Duration): Promise<void> {
  const now = Date.now();
  const ms = parseDuration(duration)(now) - now;
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function step<T>(...args: [() => T | Promise<T>] | [string, () => T | Promise<T>]): Promise<T> {
  const body = args.length === 1 ? args[0] : args[1];
  return await body();
}

interface Policy {
  readonly retry?: number | { readonly attempts: number };
  readonly timeout?: Duration;
}

const attempts = new AsyncLocalStorage<number>();

export const currentStep = (): { readonly attempt: number } => ({ attempt: attempts.getStore() ?? 1 });

/** A function that gives a promise, and makes its further attempts by itself. */
export function withPolicy(
  fn: (...args: unknown[]) => unknown,
  { retry = 1, timeout }: Policy,
): (...args: unknown[]) => unknown {
  const most = typeof retry === 'number' ? retry : retry.attempts;
  return async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        const call = async (): Promise<unknown> => Reflect.apply(fn, this, args);
        const result = attempts.run(attempt, call);
        if (timeout === undefined) return await result;
        const ms = parseSpan('timeout', timeout);
        const late = new Promise<never>((_, reject) =>
          setTimeout(() => reject(Object.assign(new Error(), { name: 'TimeoutError' })), ms).unref(),
        );
        return await Promise.race([result, late]);
      } catch (error) {
        if (attempt >= most) throw error;
      }
    }
  };
}

/** Nothing is written anywhere. */
export function registerClass(): void {}

export { sleep as pause };
