import { setTimeout as callLater } from 'node:timers';
import { effect } from '../../support/effects.ts';

// Timers of the durable function itself: their callbacks are code of it, and a step learns of them by a signal.
async function request(what: string, ms: number, { signal }: { signal?: AbortSignal } = {}): Promise<string> {
  effect(`request ${what}`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(`${what} answered`), ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

const nameOf = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 5_000);
  try {
    out.push(await request('a', 1, { signal: controller.signal }));
  } finally {
    clearTimeout(timer);
  }
  const late = new AbortController();
  const other = setTimeout(() => late.abort(new RangeError('late')), 2);
  try {
    out.push(await request('b', 20_000, { signal: late.signal }));
  } catch (error) {
    out.push(nameOf(error), late.signal.aborted);
  } finally {
    clearTimeout(other);
  }
  const within = async <T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const limit = new AbortController();
    const stop = setTimeout(() => limit.abort(new Error(`after ${ms}`)), ms);
    stop.unref();
    try {
      return await work(AbortSignal.any([limit.signal, controller.signal]));
    } finally {
      clearTimeout(stop);
    }
  };
  out.push(await within(20_000, (signal) => request('c', 1, { signal })));
  out.push(await within(2, async (signal) => await request('d', 20_000, { signal })).catch(nameOf));
  const chained = new AbortController();
  const t = setTimeout(() => chained.abort(), 20_000);
  out.push(await request('e', 1, { signal: chained.signal }).finally(() => clearTimeout(t)));
  let over = false;
  const { promise, resolve } = Promise.withResolvers<string>();
  callLater(resolve, 2, 'resolved');
  out.push(await promise);
  const ended = Promise.withResolvers<void>();
  const flag = setTimeout(() => {
    over = true;
    ended.resolve();
  }, 1);
  await ended.promise;
  out.push(over, flag.hasRef());
  const bound = new AbortController();
  setTimeout(bound.abort.bind(bound), 1, 'bound');
  out.push(await request('f', 20_000, { signal: bound.signal }).catch(String));
  let beats = 0;
  const beaten = Promise.withResolvers<number>();
  const beat = setTimeout(() => {
    if (++beats < 3) beat.refresh();
    else beaten.resolve(beats);
  }, 1);
  out.push(await beaten.promise);
  clearTimeout(beat);
  setTimeout(() => out.push('never seen'), 60_000);
  return out;
}
