import pMap, { default as mapAll } from 'p-map';
import { sleep } from 'use-durable';
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

const numbers = [1, 2, 3];
const format = (n: unknown) => `n${n as number}`;

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let total = 0;
  out.push(await pMap(numbers, async (n) => (total += await charge(30 + (n as number))), { concurrency: 2 }));
  out.push(await mapAll([35, 36], charge as (n: unknown) => Promise<number>));
  out.push(await pMap([37, 38], format));
  const started = pMap([39], (n) => charge(n as number));
  out.push(await started);
  out.push(await pMap([charge(40), 41], async (n) => [n, await charge(42)], { concurrency: 1 }));
  out.push(
    await pMap(
      (async function* () {
        yield charge(43);
        yield 44;
      })(),
      async (n) => (total += n as number),
    ),
  );
  try {
    await pMap([45], (n) => fails(n as number));
  } catch (error) {
    out.push((error as Error).message);
  }
  out.push(await Promise.race([pMap([46], (n) => charge(n as number)), sleep('1s')]));
  const again = (await import('p-map')).default;
  await again([63], async (n) => void (total += await charge(n as number)));
  return [out, total];
}
