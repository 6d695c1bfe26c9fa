import { effect, fail, later } from '../../support/effects.ts';

async function call(name: string): Promise<string> {
  effect(name);
  return later(1, name);
}

async function flaky(n: number): Promise<string> {
  effect(`flaky ${n}`);
  return n < 2 ? fail(1, new Error(`no ${n}`)) : later(1, `yes ${n}`);
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  const retry = async <T>(times: number, fn: (attempt: number) => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await fn(attempt);
      } catch (error) {
        log.push((error as Error).message);
        if (attempt + 1 >= times) throw error;
      }
    }
  };
  log.push(await retry(3, async (n) => `${await flaky(n)} ${await call(`after ${n}`)}`));
  log.push(await retry(3, flaky));
  log.push(await retry(3, (n) => flaky(n + 1)));
  async function twice(fn: (x: string) => Promise<string>, x: string): Promise<string[]> {
    return [await fn(x), await fn(`${x}${x}`)];
  }
  log.push(await twice(call, 'foreign'));
  log.push(await twice(async (x) => call(`closure ${x}`), 'c'));
  async function local(x: string): Promise<string> {
    return (await call(`local ${x}`)).toUpperCase();
  }
  log.push(await twice(local, 'l'));
  const pipe = (...fns: ((x: string) => Promise<string>)[]) => async (x: string) => {
    let value = x;
    for (const fn of fns) value = await fn(value);
    return value;
  };
  log.push(await pipe(call, local, async (x) => `${x}.`, call)('p'));
  const withDefault = async (fn = async () => call('default')) => fn();
  log.push(await withDefault(), await withDefault(async () => 'given'));
  return log;
}
