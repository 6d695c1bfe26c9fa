import { suffix } from './suffix.ts';

export function orderId(prefix: string): string {
  return `${prefix}-${suffix()}`;
}

export const createOrder = (): { id: string; at: Date } => ({ id: 'x', at: new Date() });

export class IdMaker {
  next(): string {
    return orderId('made');
  }
  same(id: string): string {
    return id;
  }
}

export class Receipt {
  readonly text = `${Math.random()}`;
}

export const priceOf = (count: number): number => count * 2;

/** A promise: what it gives is recorded. */
export function load(): Promise<string> {
  return Promise.resolve(`${Date.now()}`);
}

export function timed<T>(work: () => T): T {
  const began = performance.now();
  const result = work();
  console.debug(performance.now() - began);
  return result;
}
