import { effect, later } from '../../support/effects.ts';

class CoreError extends Error {
  readonly code = 'core';
}

async function io(n: number): Promise<number> {
  effect(`io ${n}`);
  await later(1, 0);
  if (n > 5) throw new CoreError('big');
  return n;
}

const isCore = (error: unknown): error is CoreError => error instanceof CoreError;

export async function child(n: number): Promise<number> {
  'use durable';
  return await io(n);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  try {
    await child(9);
  } catch (error) {
    out.push(error instanceof CoreError);
  }
  try {
    await io(8);
  } catch (error) {
    out.push(isCore(error) && error.code);
  }
  const handlers = [[CoreError, 'core'] as const, [TypeError, 'type'] as const];
  try {
    await io(7);
  } catch (error) {
    out.push(handlers.find(([cls]) => error instanceof cls)?.[1] ?? 'unknown');
  }
  try {
    await io(6);
  } catch (error) {
    switch ((error as Error).constructor) {
      case CoreError:
        out.push('core');
        break;
      default:
        out.push('other');
    }
  }
  out.push(await io(10).catch((error: Error) => error.constructor.name));
  return out;
}
