import { effect, later } from '../../support/effects.ts';

enum Level {
  Low = 1,
  High = 'high',
}

const enum Flag {
  On = 1,
}

type Handler<T> = (value: T) => Promise<T>;

interface Options {
  readonly level?: Level;
}

declare const neverThere: number;

function logged<This, Args extends unknown[], R>(method: (this: This, ...args: Args) => R, _context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => R>): (this: This, ...args: Args) => R {
  return function (...args) {
    return method.call(this, ...args);
  };
}

class Service {
  @logged
  async run(name: string): Promise<string> {
    effect(`run ${name}`);
    return later(1, name);
  }
}

const service = new Service();

async function echo<T>(value: T): Promise<T> {
  effect(`echo ${String(value)}`);
  return later(1, value);
}

namespace Tools {
  export const prefix = 'tool';
  export async function use(name: string): Promise<string> {
    'use durable';
    return `${prefix} ${await echo(name)}`;
  }
}

export async function over(value: string): Promise<string>;
export async function over(value: number): Promise<number>;
export async function over(value: string | number): Promise<string | number> {
  'use durable as overloaded';
  return await echo<string | number>(value);
}

export const generic = async <T extends string>(value: T): Promise<T[]> => {
  'use durable';
  return [await echo<T>(value), await echo(value satisfies string as T)];
};

export async function main(): Promise<unknown> {
  'use durable';
  type Local = { a: number };
  interface Inner {
    b: string;
  }
  enum Color {
    Red = 'r',
  }
  const handler: Handler<number> = async (value) => (await echo(value)) + 1;
  const local = <Local>await echo({ a: 1 } as Local);
  const inner: Inner = await echo<Inner>({ b: 'b' });
  let late!: string;
  late = await echo('late');
  const options: Options = { level: Level.Low };
  function check(value: unknown): asserts value is string {
    if (typeof value !== 'string') throw new TypeError('no string');
  }
  check(late);
  const tuple = (await echo([1, 'x'] as const)) as readonly [number, string];
  void (0 as unknown as typeof neverThere);
  return {
    local, inner, late, tuple,
    handled: await handler(1),
    level: [options.level, Level.High, Flag.On, Color.Red],
    service: await service.run('decorated'),
    tool: await Tools.use('hammer'),
    over: [await over('s'), await over(2)],
    generic: await generic('g'),
  };
}
