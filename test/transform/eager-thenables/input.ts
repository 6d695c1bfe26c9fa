import { effect, later } from '../../support/effects.ts';

// Promises of other libraries, whose work begins with the call, and thenables whose work begins when they are awaited.
class Eager<T> {
  readonly #promise: Promise<T>;
  constructor(promise: Promise<T>) {
    this.#promise = promise;
  }
  static resolve<T>(value: T): Eager<T> {
    return new Eager(Promise.resolve(value));
  }
  static reject(reason: unknown): Eager<never> {
    return new Eager(Promise.reject(reason));
  }
  // biome-ignore lint/suspicious/noThenProperty: a promise of another library
  then<R>(done: (value: T) => R, failed?: (reason: unknown) => R): Eager<R> {
    return new Eager(this.#promise.then(done, failed));
  }
  catch(failed: (reason: unknown) => T): Eager<T> {
    return new Eager(this.#promise.catch(failed));
  }
}

class Cancelable<T> {
  readonly #promise: Promise<T>;
  constructor(promise: Promise<T>) {
    this.#promise = promise;
  }
  // biome-ignore lint/suspicious/noThenProperty: a promise of another library
  then(done: (value: T) => unknown, failed?: (reason: unknown) => unknown): Promise<unknown> {
    return this.#promise.then(done, failed);
  }
}
Object.setPrototypeOf(Cancelable.prototype, Promise.prototype);

class Query {
  readonly parts: string[];
  constructor(parts: string[]) {
    this.parts = parts;
  }
  where(part: string): this {
    this.parts.push(part);
    return this;
  }
  and(part: string): Query {
    return new Query([...this.parts, part]);
  }
  // biome-ignore lint/suspicious/noThenProperty: a lazy thenable
  then(done: (value: string) => void): void {
    effect(`query ${this.parts.join(' ')}`);
    void later(1, this.parts.join(' ')).then(done);
  }
}

const blue = (n: number): Eager<number> => {
  effect(`blue ${n}`);
  return new Eager(later(1, n));
};

const got = {
  post(n: number): Cancelable<number> {
    effect(`post ${n}`);
    return new Cancelable(later(1, n));
  },
};

const from = (table: string): Query => new Query([table]);

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

const helper = async (p: PromiseLike<unknown>) => ['helped', await p];

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  out.push(await Promise.all([got.post(1), got.post(2)]));
  const p = got.post(3);
  out.push(await job('between'), await p);
  out.push(await Promise.all([4, 5].map((n) => blue(n))));
  out.push(await Promise.all([6].map(blue)));
  const q = blue(7);
  out.push(await job('again'), await q, await q);
  out.push(await blue(8).then((n) => n + 1));
  const settled = blue(9);
  const next = settled.then((n) => n + 1);
  out.push(await next);
  out.push(await helper(blue(10)), await helper(got.post(11)));
  const query = from('users');
  query.where('a');
  out.push(await job('meanwhile'), await query.where('b'));
  const derived = from('posts').and('x');
  const more = derived.and('y');
  out.push(await more, await derived);
  const lazy = from('tags');
  out.push(await helper(lazy), await job('last'));
  return out;
}
