import { effect, fail, later } from '../../support/effects.ts';

class LimitError extends Error {
  readonly limit: number;
  constructor(limit: number) {
    super(`over ${limit}`);
    this.name = 'LimitError';
    this.limit = limit;
  }
}

async function spend(n: number): Promise<number> {
  effect(`spend ${n}`);
  if (n > 2) return fail(1, new LimitError(2));
  return later(1, n);
}

async function refund(n: number): Promise<void> {
  effect(`refund ${n}`);
  await later(1, 0);
}

export async function main(): Promise<unknown> {
  'use durable';
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const n of [1, 2, 3, 4]) {
      await spend(n);
      undo.push(() => refund(n));
    }
    return 'unreached';
  } catch (error) {
    for (const back of undo.reverse()) await back();
    if (error instanceof LimitError) error.message += ` (${error.limit})`;
    throw error;
  }
}
