import { step } from 'use-durable';
import { load } from './steps.ts';

export async function main(): Promise<unknown> {
  'use durable';
  let a = { n: 1 };
  let b = 2;
  let other = await load();
  const alias = a;
  a = await step('another name', () => {
    a.n = 2;
    return a;
  });
  ({ b } = await step('another value', () => {
    b = 3;
    return { b: 4 };
  }));
  ({ b } = await step('not always', () => {
    b = 3;
    if (b > 2) return { b };
    return { b: 1 };
  }));
  const kept = await step('used later', () => {
    other.n = 1;
    return other;
  });
  try {
    b = await step('caught', () => {
      b = 5;
      return b;
    });
  } catch {
    b++;
  }
  return [a, b, alias, other, kept];
}
