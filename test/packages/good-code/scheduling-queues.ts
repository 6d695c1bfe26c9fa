import { PromisePool } from '@supercharge/promise-pool';
import { Mutex, Semaphore } from 'async-mutex';
import { Sema } from 'async-sema';
import PQueue from 'p-queue';

export const close = async () => {};

async function charge(n: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return n * 10;
}

export async function main() {
  'use durable';
  let total = 0;
  let most = 0;
  let active = 0;
  const add = async (n: number) => {
    active += 1;
    most = Math.max(most, active);
    total += await charge(n);
    active -= 1;
    return total;
  };
  const queue = new PQueue({ concurrency: 2 });
  const order: string[] = [];
  queue.on('completed', (result) => order.push(`done ${result}`));
  queue.on('idle', () => order.push('idle'));
  for (const n of [1, 2, 3]) void queue.add(() => add(n), { priority: n });
  await queue.onIdle();
  order.push(`${await queue.add(() => add(4))}`);
  const added = await queue.addAll([() => add(5), async () => add(6)]);
  const both = await Promise.all([
    queue.add(() => add(8)),
    queue.add(() => add(9)),
    queue.add(() => add(10)),
  ]);
  await queue.onEmpty();

  const sema = new Sema(2);
  await Promise.all(
    [11, 12, 13].map(async (n) => {
      await sema.acquire();
      await add(n);
      sema.release();
    }),
  );
  const mutex = new Mutex();
  const seen: number[] = [];
  await Promise.all([14, 15].map((n) => mutex.runExclusive(async () => void seen.push(n, await add(n)))));
  const release = await mutex.acquire();
  const waiting = mutex.runExclusive(() => add(16));
  seen.push(await add(17));
  release();
  seen.push(await waiting);
  const semaphore = new Semaphore(2);
  const [value, free] = await semaphore.acquire();
  free();

  const pool = await PromisePool.withConcurrency(2)
    .for([20, 21, 22])
    .process(async (n) => {
      if (n === 21) throw new Error('not 21');
      return add(n);
    });
  const handled: string[] = [];
  const builder = PromisePool.for([23, -24]).withConcurrency(1);
  const again = await builder
    .handleError(async (error, n) => {
      handled.push(`${n}: ${error.message}`);
      await add(1);
    })
    .process(async (n) => {
      if (n < 0) throw new Error('below zero');
      return add(n);
    });
  return {
    total,
    most,
    order,
    added,
    both,
    seen,
    value,
    pool: pool.results,
    errors: pool.errors.map(({ message }) => message),
    handled,
    again: again.results,
  };
}
