/** The steps that programs are made of: something happens outside, and some time later there is a result. */
import { setTimeout as delay } from 'node:timers/promises';
import { effect } from './world.ts';

export async function work<T>(name: string, value: T, ms = 0): Promise<T> {
  effect(name);
  if (ms > 0) await delay(ms);
  return value;
}

let opened = (): void => {};

/** A step that ends when the function has what another one gave; a dead one's in any case, so that nobody waits for it. */
export async function heldBack<T>(name: string, value: T): Promise<T> {
  effect(name);
  const latch = new Promise<void>((resolve) => {
    opened = resolve;
  });
  await Promise.race([latch, delay(2_000)]);
  return value;
}

/** Lets the step end that was held back last. */
export const letGo = (): void => opened();

export async function breaks(name: string, error: unknown, ms = 0): Promise<never> {
  effect(name);
  if (ms > 0) await delay(ms);
  throw error;
}

/** Tells the outside something. */
export async function announce(name: string, data?: unknown, run?: string): Promise<void> {
  effect(name, data, run);
}

/** A result that is there, or that comes after some time. */
export function perhaps<T>(name: string, value: T, ms?: number): T | Promise<T> {
  return ms === undefined ? value : work(name, value, ms);
}
