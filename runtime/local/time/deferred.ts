import type { System } from './system.ts';

/** Promises whose end is decided elsewhere, and values that may be promises. */
export interface Deferred {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A promise that may be rejected while nothing awaits it. */
export function deferred(): Deferred {
  let resolve!: Deferred['resolve'];
  let reject!: Deferred['reject'];
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** Continues at once with a value that is not a promise. */
export function andThen<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Resolves when the promise does, or after `ms`. If `ms` is more than the platform's timers accept, it waits without limit. */
export async function within(system: System, ms: number, promise: Promise<unknown>): Promise<void> {
  if (ms >= 2 ** 31) return void (await promise);
  const late = deferred();
  const timer = system.setTimeout(() => late.resolve(undefined), ms);
  try {
    await Promise.race([promise, late.promise]);
  } finally {
    system.clear(timer);
  }
}
