import { setTimeout as delay } from 'node:timers/promises';

// What timers make of the times that they are given: all but 1 to 2 ** 31 - 1 ms is 1 ms.
export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  await new Promise<void>((r) => setTimeout(r, 2 ** 31));
  await new Promise<void>((r) => setTimeout(r, Number.POSITIVE_INFINITY));
  await new Promise<void>((r) => setTimeout(r, Number.NaN));
  await new Promise<void>((r) => setTimeout(r, -5));
  await new Promise<void>((r) => setTimeout(r));
  await new Promise<void>((r) => {
    setTimeout(r, '2' as never);
  });
  await new Promise<void>((r) => setTimeout(r, 1.9));
  out.push(await delay(2 ** 31, 'a'), await delay(-1, 'b'), await delay(undefined, 'c'), await delay(0.5, 'd'));
  const races = [Number.POSITIVE_INFINITY, 2 ** 40, 0].map((ms) =>
    Promise.race([
      new Promise((r) => setTimeout(() => r('short'), ms)),
      new Promise((r) => setTimeout(() => r('long'), 1_000)),
    ]),
  );
  out.push(await Promise.all(races));
  const stop = new AbortController();
  const waiting = delay(60_000, 'e', { signal: stop.signal }).catch((error: NodeJS.ErrnoException) => [
    error.name,
    error.code,
    error.message,
    error.cause,
  ]);
  const t = setTimeout(() => stop.abort('enough'), 2 ** 31);
  out.push(await waiting);
  clearTimeout(t);
  out.push(await delay('5' as never, 'f').catch((error: NodeJS.ErrnoException) => error.code));
  return out;
}
