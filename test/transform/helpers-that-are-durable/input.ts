import { effect, later } from '../../support/effects.ts';

// A helper that calls functions is workflow code where it is durable itself.
async function charge(n: number): Promise<number> {
  effect(`charge ${n}`);
  return later(1, n);
}

export async function eachOf<T>(values: readonly T[], most: number, work: (value: T) => Promise<void>): Promise<void> {
  'use durable';
  const left = [...values];
  const worker = async () => {
    for (let value = left.shift(); value !== undefined; value = left.shift()) await work(value);
  };
  await Promise.all(Array.from({ length: most }, worker));
}

export async function main(): Promise<unknown> {
  'use durable';
  let total = 0;
  const seen: number[] = [];
  await eachOf([1, 2, 3], 2, async (n) => {
    total += await charge(n);
    seen.push(n);
  });
  return [total, seen];
}
