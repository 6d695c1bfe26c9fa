'use durable';
import { effect, later } from '../../support/effects.ts';

/** Not exported, so a step. */
async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function child(name: string): Promise<string> {
  return `child ${await job(name)}`;
}

export const arrow = async (name: string): Promise<string> => `arrow ${await job(name)}`;

export const short = async (name: string) => job(`short ${name}`);

/** Exported, but not async. */
export function pure(n: number): number {
  return n + 1;
}

async function listed(name: string): Promise<string> {
  return (await job(name)).toUpperCase();
}

export const constant = 5;
export type Name = string;

export async function main(): Promise<unknown> {
  const a = await child('a');
  const b = await arrow('b');
  const c = await Promise.all([listed('c'), short('d')]);
  return { a, b, c, pure: pure(constant) };
}

export { listed as renamed };
