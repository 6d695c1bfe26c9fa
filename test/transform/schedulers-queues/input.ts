import { Sema } from 'async-sema';
import PQueue from 'p-queue';
import { effect, later } from '../../support/effects.ts';

// Packages that only call closures run in the workflow: what their closures change counts, and what these await are steps.
async function charge(n: number): Promise<number> {
  effect(`charge ${n}`);
  return later(1, n);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let total = 0;
  const queue = new PQueue({ concurrency: 2 });
  for (const n of [50, 51, 52]) queue.add(async () => void (total += await charge(n)));
  await queue.onIdle();
  const results = await queue.addAll([53, 54].map((n) => async () => (total += await charge(n))));
  out.push(results, queue.size, await queue.add(() => charge(55), { priority: 1 }));
  const paused = new PQueue({ autoStart: false });
  const first = paused.add(async () => (total += await charge(56)));
  paused.start();
  out.push(await first);
  const sema = new Sema(1);
  await Promise.all(
    [60, 61].map(async (n) => {
      await sema.acquire();
      try {
        total += await charge(n);
        out.push(n);
      } finally {
        sema.release();
      }
    }),
  );
  return [out, total];
}
