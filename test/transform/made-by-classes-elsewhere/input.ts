import { EventEmitter } from 'node:events';
import { effect, later } from '../../support/effects.ts';

/** Each instance tells something else, as a server would: what a replay makes again must not be asked. */
let made = 0;

class Client extends EventEmitter {
  readonly ready: Promise<string>;
  readonly parts: readonly Promise<string>[];
  readonly broken: Promise<never>;
  constructor(name: string) {
    super();
    const number = ++made;
    this.ready = later(1, `${name} ${number > 0}`);
    this.parts = [later(1, `${name} a`), later(2, `${name} b`)];
    this.broken = Promise.reject(new RangeError(name));
    this.broken.catch(() => {});
    setTimeout(() => this.emit('done', `${name} done`), 3);
  }
  async work(): Promise<string> {
    effect('work');
    return later(1, 'worked');
  }
}

class Deferred {
  readonly promise: Promise<string>;
  #resolve!: (value: string) => void;
  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
  resolve(value: string): void {
    this.#resolve(value);
  }
}

async function save(value: unknown): Promise<string> {
  effect(`save ${JSON.stringify(value)}`);
  return later(1, 'saved');
}

async function returned(): Promise<string> {
  'use durable';
  const client = new Client('returned');
  await save('before');
  return client.ready;
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];

  const first = new Client('first');
  out.push(await first.ready, await first.work());
  await save(out.length);

  const { ready, parts } = new Client('second');
  await save('second');
  out.push(await ready, await Promise.all(parts));

  const third = new Client('third');
  out.push(await new Promise((resolve) => third.once('done', resolve)));
  await save('third');

  const fourth = new Client('fourth');
  const done = new Promise((resolve) => {
    fourth.on('done', resolve);
  });
  await save('fourth');
  out.push(await done);

  const fifth = new Client('fifth');
  out.push(await Promise.all([fifth.ready, fifth.work(), save('fifth')]));
  out.push(await fifth.ready.then((text) => `${text}!`));
  try {
    await fifth.broken;
  } catch (error) {
    out.push((error as Error).message);
  }

  const clients = ['x', 'y'].map((name) => new Client(name));
  for (const client of clients) out.push(await client.ready);
  out.push(await returned());

  const own = new EventEmitter();
  const seen: unknown[] = [];
  own.on('seen', (value) => seen.push(value));
  const told = new Promise((resolve) => own.once('seen', resolve));
  own.emit('seen', await save('own'));
  out.push(await told, seen);

  const deferred = new Deferred();
  const work = (async () => {
    deferred.resolve(await save('deferred'));
  })();
  out.push(await deferred.promise);
  await work;
  return out;
}
