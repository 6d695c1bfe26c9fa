import { effect, later } from '../../support/effects.ts';

async function f(...args: unknown[]): Promise<string> {
  effect(`f(${args.join(',')})`);
  await later(2, 0);
  return `f${args.length}`;
}

async function g(...args: unknown[]): Promise<string> {
  effect(`g(${args.join(',')})`);
  await later(1, 0);
  return `g${args.length}`;
}

const target = {
  tag: 't',
  async run(...args: unknown[]): Promise<string> {
    effect(`run ${this.tag} ${args.join(',')}`);
    await later(1, 0);
    return `${this.tag}:${args.join('|')}`;
  },
};

export async function main(): Promise<unknown> {
  'use durable';
  let i = 0;
  const trace: string[] = [];
  const note = <T>(name: string, value: T): T => {
    trace.push(name);
    return value;
  };
  const a = await f(i++, i++, i);
  const b = await f(await g(i++), i++, await g(await g(i++), i));
  const c = await note('receiver', target).run(note('1', i++), await g(note('2', i++)), note('3', i));
  const d = await [f, g][note('index', i++ % 2)]!(note('argument', i));
  const e = await f((i += 10), (i -= 1), -i, i-- - --i);
  const key = { toString: () => note('key', 'run') };
  const h = await note('object', target)[note('computed', 'run' as const)](note('last', i));
  return { a, b, c, d, e, h, i, trace, key: `${key}` };
}
