import pLimit from 'p-limit';
import { sleep, step } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

// Packages that only call closures run in the workflow: what their closures change counts, and what these await are steps.
async function charge(n: number): Promise<number> {
  effect(`charge ${n}`);
  return later(1, n);
}

async function fails(n: number): Promise<number> {
  effect(`fails ${n}`);
  throw new Error(`failed ${n}`);
}

const shared = pLimit(2);
const numbers = [1, 2, 3, 4];

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let total = 0;
  const limit = pLimit(2);
  await Promise.all(
    numbers.map((n) =>
      limit(async () => {
        total += await charge(n);
        out.push(total);
      }),
    ),
  );
  // In any form.
  await limit(async () => void (total += await charge(10)));
  const later1 = limit(() => charge(11));
  out.push(await limit(charge, 12), await later1);
  out.push(await limit(async (a: number, b: number) => a + (await charge(b)), 1, 13));
  out.push(await limit(() => charge(14)).then((n) => (total += n)));
  out.push(await limit.map([15, 16], async (n: unknown) => (total += await charge(n as number))));
  out.push(await limit(() => fails(17)).catch((error: Error) => error.message));
  await limit(async () => {
    await sleep('10ms');
    total += await step('by hand', () => charge(18));
  });
  const make = pLimit;
  const renamed = make(1);
  await renamed(async () => void (total += await charge(19)));
  const handed = async (gate: typeof limit, n: number) =>
    gate(async () => {
      total += await charge(n);
      return gate.activeCount;
    });
  out.push(await Promise.all([handed(limit, 20), handed(limit, 21), handed(limit, 22)]));
  const holder = { gate: pLimit(1), run: pLimit };
  await holder.gate(async () => void (total += await charge(23)));
  // One outside of the function belongs to all runs: each call of it is a step.
  out.push(await Promise.all([24, 25, 26].map((n) => shared(() => charge(n)))));
  const { default: loaded } = await import('p-limit');
  const gate = loaded(1);
  await gate(async () => void (total += await charge(62)));
  return [out, total];
}
