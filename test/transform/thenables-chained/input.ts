import { effect, later } from '../../support/effects.ts';

// Thenables that begin their work when somebody calls their `then`, or `catch`, which workflow code does here itself.
class Query<T> {
  readonly name: string;
  readonly rows: () => Promise<T>;
  constructor(name: string, rows: () => Promise<T>) {
    this.name = name;
    this.rows = rows;
  }
  // biome-ignore lint/suspicious/noThenProperty: a lazy thenable
  then<R, E = never>(done?: (value: T) => R, failed?: (reason: unknown) => E): Promise<R | E> {
    effect(`query ${this.name}`);
    return this.rows().then(done as (value: T) => R, failed);
  }
  catch<E>(failed: (reason: unknown) => E): Promise<T | E> {
    return this.then((value) => value, failed);
  }
  finally(done: () => void): Promise<T> {
    return this.then((value) => value).finally(done);
  }
}

const find = (name: string): Query<string> => new Query(name, () => later(1, name));
const broken = (name: string): Query<string> =>
  new Query(name, () => later(1, name).then(() => Promise.reject(new Error(name))));

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

const shout = (text: string): string => `${text}!`;

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const users = find('users');
  out.push(await users.then((text) => text.length), await job('a'));
  let seen = '';
  const posts = find('posts');
  const done = posts.then((text) => {
    seen = text;
  });
  out.push(await job('b'));
  await done;
  out.push(seen);
  const bad = broken('bad');
  out.push(await bad.catch((error: Error) => job(error.message)));
  const both = broken('both');
  out.push(await both.then(shout, (error: Error) => error.message));
  const named = find('named');
  out.push(await named.then(shout));
  const make = (name: string) => find(name);
  out.push(await make('made').then((text) => [text]));
  const held = { query: find('held') };
  out.push(await held.query.then((text) => text));
  const missing = undefined as Query<string> | undefined;
  out.push(await missing?.then((text) => text));
  out.push(await Promise.all([find('x'), find('y')].map((query) => query.then((text) => text))));
  const ended = find('ended');
  out.push(await ended.finally(() => out.push('finally')));
  return out;
}
