import { effect, later } from '../../support/effects.ts';

async function job(name: string, ms: number): Promise<string> {
  effect(`job ${name}`);
  return later(ms, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  // The usual idioms, where the promise isn't awaited at once.
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  await pause(2);
  await pause(3);
  const running = new Promise((resolve) => setTimeout(resolve, 4));
  const a = await job('a', 1);
  await running;
  const b = await Promise.race([job('b', 1), new Promise((resolve) => setTimeout(resolve, 60))]);
  return { a, b };
}
