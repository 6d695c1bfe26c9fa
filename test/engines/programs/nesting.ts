import { sleep } from 'use-durable';
import { breaks, work } from '../effects.ts';

export async function nested(n: number): Promise<unknown> {
  'use durable';
  const total = await factorial(n);
  const [left, right] = await Promise.all([branch('left', 5), branch('right', 30)]);
  let failure: unknown;
  try {
    await failing();
  } catch (error) {
    failure = error instanceof NotFound ? error.what : 'of another class';
  }
  return { total, left, right, failure };
}

class NotFound extends Error {
  readonly what: string;
  constructor(what: string) {
    super(`${what} is not found`);
    this.name = 'NotFound';
    this.what = what;
  }
}

async function factorial(n: number): Promise<number> {
  'use durable';
  if (n <= 1) return work('one', 1);
  const rest = await factorial(n - 1);
  return work(`times ${n}`, n * rest);
}

async function branch(name: string, ms: number): Promise<string> {
  'use durable';
  const first = await work(`${name} 1`, 1, ms);
  await sleep(1);
  const second = await work(`${name} 2`, 2, ms);
  return `${name}: ${first + second}`;
}

async function failing(): Promise<never> {
  'use durable';
  await sleep(1);
  return breaks('look up', new NotFound('user'));
}
