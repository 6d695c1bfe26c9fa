import { effect, later } from '../../support/effects.ts';

async function work(who: string, ms: number): Promise<string> {
  effect(`work ${who}`);
  await later(ms, 0);
  return `${who} done`;
}

export async function main(): Promise<unknown> {
  'use durable';
  // Each closure by itself: in which order they end is a matter of milliseconds.
  const log: Record<string, string[]> = { slow: [], fast: [], made: [], called: [] };
  // Two closures of one name, in blocks of their own, under way at the same time; the first is the slower one.
  const running: Promise<void>[] = [];
  {
    const run = async (): Promise<void> => {
      log.slow?.push(await work('slow', 12));
      log.slow?.push(await work('slow again', 1));
    };
    running.push(run());
  }
  {
    const run = async (): Promise<void> => {
      log.fast?.push(await work('fast', 2));
      log.fast?.push(await work('fast again', 1));
    };
    running.push(run());
  }
  await Promise.all(running);
  const make = (tag: string, ms: number) => async () => `${tag}: ${await work(tag, ms)}`;
  log.made = await Promise.all([make('a', 16), make('b', 9), make('c', 2)].map((f) => f()));
  log.called = await Promise.all([(async () => await work('iife 1', 10))(), (async () => await work('iife 2', 2))()]);
  return log;
}
