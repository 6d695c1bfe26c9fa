import { effect, fail, later } from '../../support/effects.ts';

// Promises that are handed to code elsewhere: the call that makes one is a step that is under way, and its promise is that of the
// step. The helper that waits for it is a step too.
async function work(n: number, ms = 1): Promise<string> {
  effect(`work ${n}`);
  return later(ms, `work ${n}`);
}

async function breaks(text: string): Promise<string> {
  effect(`breaks ${text}`);
  return fail(1, new Error(text));
}

async function withTimeout<T>(p: Promise<T>, ms: number): Promise<T> {
  return Promise.race([p, fail(ms, new Error('too late'))]);
}

const retry = async (f: () => Promise<string>, times: number): Promise<string> => {
  for (let i = 1; ; i++) {
    try {
      return await f();
    } catch (error) {
      if (i === times) throw error;
    }
  }
};

const settle = {
  async all(...ps: Promise<string>[]): Promise<string[]> {
    return Promise.all(ps);
  },
  async object(o: Record<string, Promise<string>>): Promise<string[]> {
    return Promise.all(Object.values(o));
  },
};

const tag = async (_: TemplateStringsArray, ...ps: Promise<string>[]) => (await Promise.all(ps)).join();
const format = (n: number) => `n${n}`;

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await withTimeout(work(1), 1000));
  const p = work(2);
  out.push(await withTimeout(p, 1000));
  try {
    out.push(await withTimeout(breaks('failed'), 1000));
  } catch (error) {
    out.push((error as Error).message);
  }
  out.push(await settle.all(work(3), work(4), ...[5, 6].map((n) => work(n))));
  out.push(await settle.object({ a: work(7), ['b']: work(8) }));
  out.push(await settle.all(...[9].map(work as (n: number) => Promise<string>)));
  out.push(await tag`a ${work(10)} b ${work(11)}`);
  out.push(await retry(() => work(12), 2));
  const kept = { p: undefined as Promise<string> | undefined };
  kept.p = work(13);
  out.push(await settle.all(kept.p));
  const helper = Promise.all([withTimeout(work(14), 1000), withTimeout(work(15), 1000)]);
  out.push(await helper);
  out.push(await Promise.race([withTimeout(work(16, 2), 1000), new Promise((r) => setTimeout(r, 600_000, 'late'))]));
  const outer = async () => withTimeout(work(17), 1000);
  out.push(await outer());
  out.push(await withTimeout(withTimeout(work(18), 1000), 1000));
  out.push(await withTimeout(work(19).then((s) => `${s}!`), 1000));
  const then = work(20).then((s) => {
    out.push(s);
    return s;
  });
  out.push(await withTimeout(then, 1000));
  // What gives no promise is no step, and costs no event.
  out.push(await settle.all(work(format(21).length)), format(22));
  return out;
}
