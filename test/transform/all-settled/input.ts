import { effect, fail, later } from '../../support/effects.ts';

async function good(n: number, ms: number): Promise<number> {
  effect(`good ${n}`);
  return later(ms, n);
}

async function poor(n: number, ms: number): Promise<number> {
  effect(`poor ${n}`);
  return fail(ms, new Error(`poor ${n}`));
}

export async function main(): Promise<unknown> {
  'use durable';
  const first = await Promise.allSettled([good(1, 3), poor(2, 1), 3, Promise.resolve(4), Promise.reject(new Error('own'))]);
  const second = await Promise.allSettled(
    [5, 6, 7].map(async (n) => {
      if (n === 6) return await poor(n, 2);
      return (await good(n, 1)) * 2;
    }),
  );
  const [third] = await Promise.allSettled(new Set([good(8, 1)]));
  const empty = await Promise.allSettled([]);
  let all = '';
  try {
    await Promise.all([good(9, 2), poor(10, 1)]);
  } catch (error) {
    all = (error as Error).message;
  }
  await good(11, 8);
  const show = (results: PromiseSettledResult<number>[]): unknown[] =>
    results.map((r) => (r.status === 'fulfilled' ? r.value : `!${r.reason.message}`));
  return { first: show(first), second: show(second), third, empty, all };
}
