import { effect, later } from '../../support/effects.ts';

// Generators of the body, handed around: delegation, early return, throw, in classes, destructured, with finally.
async function load(n: number): Promise<number> {
  effect(`load ${n}`);
  return later(1, n);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  async function* pages(n: number): AsyncGenerator<number, string, string | undefined> {
    try {
      for (let i = 0; i < n; i++) {
        const said = yield await load(i);
        if (said) out.push(said);
      }
      return 'end';
    } finally {
      out.push(await load(100 + n));
    }
  }
  async function* all() {
    const end = yield* pages(2);
    out.push(end);
    yield* [load(7), 8];
  }
  for await (const page of all()) out.push(page);
  const it = pages(5);
  out.push((await it.next()).value, (await it.next('hello')).value);
  out.push(await it.return('stop'), await it.next());
  const other = pages(3);
  await other.next();
  out.push(await other.throw(new Error('broken')).catch((e: Error) => e.message));
  class Reader {
    async *[Symbol.asyncIterator]() {
      yield* pages(1);
      yield load(9);
    }
  }
  for await (const value of new Reader()) {
    out.push(value);
    if (value === 9) break;
  }
  outer: for await (const a of pages(3)) for await (const b of pages(2)) {
    out.push([a, b]);
    if (b === 1) continue outer;
    if (a === 1) break outer;
  }
  const both = await Promise.all([pages(2), pages(2)].map(async (gen) => (await gen.next()).value));
  return [out, both];
}
