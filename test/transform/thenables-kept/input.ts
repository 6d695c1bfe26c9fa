import { effect, later } from '../../support/effects.ts';

// Thenables that are eager, and those that begin when they are awaited, kept and handed around.
class Eager<T> {
  readonly #inner: Promise<T>;
  constructor(make: () => Promise<T>) {
    this.#inner = make();
  }
  // biome-ignore lint/suspicious/noThenProperty: a promise of a library
  then<A, B>(done?: (value: T) => A, failed?: (error: unknown) => B) {
    return new Eager(() => this.#inner.then(done as never, failed as never)) as unknown as Eager<A | B>;
  }
  catch<B>(failed: (error: unknown) => B) {
    return this.then(undefined, failed);
  }
  finally(done: () => void) {
    return this.then(
      (value) => (done(), value),
      (error) => {
        done();
        throw error;
      },
    );
  }
}
const post = (n: number): Eager<number> =>
  new Eager(async () => {
    effect(`post ${n}`);
    if (n < 0) throw new Error(`bad ${n}`);
    return later(1, n);
  });
class Lazy {
  readonly parts: string[] = [];
  where(part: string): this {
    this.parts.push(part);
    return this;
  }
  // biome-ignore lint/suspicious/noThenProperty: a query builder
  then<A>(done: (value: string) => A, failed?: (error: unknown) => A): Promise<A> {
    effect(`query ${this.parts.join()}`);
    return later(1, this.parts.join()).then(done, failed);
  }
}
const from = (table: string): Lazy => new Lazy().where(table);

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const a = post(1);
  const b = post(2);
  out.push(await b, await a, await Promise.all([post(3), post(4)] as unknown as Promise<number>[]));
  out.push(await [5, 6].reduce(async (sum, n) => (await sum) + ((await post(n)) as number), Promise.resolve(0)));
  const kept = new Map<string, Eager<number>>();
  for (const n of [7, 8]) kept.set(`k${n}`, post(n));
  for (const [key, value] of kept) out.push(key, await value);
  try {
    await post(-1);
  } catch (error) {
    out.push((error as Error).message);
  }
  out.push(await post(-2).catch((error) => (error as Error).message));
  const query = from('t').where('a');
  if (out.length > 3) query.where('b');
  out.push(await query, await from('u').where('c'));
  const queries = ['x', 'y'].map((name) => from(name));
  for (const one of queries) out.push(await one.where('z'));
  const pick = async () => post(11);
  out.push(await pick(), await Promise.resolve(post(12)));
  return out;
}
