import { setTimeout as callLater, clearTimeout as callOff } from 'node:timers';
import { effect, later } from '../../support/effects.ts';

async function work(name: string, ms = 1): Promise<string> {
  effect(`work ${name}`);
  return later(ms, name);
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  const guarded = async <T>(job: Promise<T>, ms: number): Promise<T> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new TimeoutError(`after ${ms}`)), ms);
    });
    try {
      return await Promise.race([job, timeout]);
    } finally {
      clearTimeout(timer);
    }
  };
  log.push(await guarded(work('quick'), 20_000));
  try {
    await guarded(work('slow', 60), 2);
  } catch (error) {
    log.push(error instanceof TimeoutError, (error as Error).message);
  }
  const chained = <T>(job: Promise<T>, ms: number): Promise<T> => {
    let timer: NodeJS.Timeout;
    return Promise.race([
      job,
      new Promise<never>((_, reject) => {
        timer = callLater(reject, ms, new Error('too slow'));
        timer.unref();
      }),
    ]).finally(() => callOff(timer));
  };
  log.push(await chained(work('chained'), 20_000));
  log.push(await chained(work('late', 60), 2).catch((error: Error) => error.message));
  // Called off: nothing comes of it, whatever else is waited for.
  let fired = 0;
  const off = new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      fired++;
      resolve();
    }, 1);
    clearTimeout(timer);
  });
  log.push(await Promise.race([off, work('after', 5)]), fired);
  // A value, several arguments, more than one timer, and one that sets the next.
  log.push(await new Promise((resolve) => setTimeout(resolve, 1, 'value')));
  log.push(await new Promise((resolve) => setTimeout(() => resolve(log.length), 1)));
  let beats = 0;
  await new Promise<void>((done) => {
    const beat = (): void => {
      if (++beats === 3) done();
      else setTimeout(beat, 1);
    };
    beat();
  });
  log.push(beats);
  clearTimeout(undefined);
  return log;
}
