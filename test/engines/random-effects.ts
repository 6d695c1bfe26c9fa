/** `test/support/effects.ts` for random programs that run side by side: effects by their run, and steps in a hurry. */
import { effect as happens } from './world.ts';

const SHORTER = 20;

export const effect = (name: string): void => happens(name);

export const later = <T>(ms: number, value: T): Promise<T> =>
  new Promise((resolve) => setTimeout(() => resolve(value), ms / SHORTER));

export const fail = (ms: number, error: unknown): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(error), ms / SHORTER));
