import { effect, later } from '../../support/effects.ts';

async function call(name: string): Promise<string> {
  effect(name);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const counter = (start: number) => {
    let n = start;
    return { next: async () => `${await call(`next ${n}`)}:${n++}`, peek: () => n };
  };
  const a = counter(1);
  const b = counter(10);
  out.push(await a.next(), await a.next(), await b.next(), a.peek(), b.peek());
  const curry = (x: string) => async (y: string) => async (z: string) => (await call(x + y)) + z;
  out.push(await (await curry('x')('y'))('z'));
  const make = async (name: string) => {
    await call(`make ${name}`);
    return async () => call(`made ${name}`);
  };
  const made = await make('m');
  out.push(await made(), await (await make('n'))());
  const once = <T>(fn: () => Promise<T>) => {
    let promise: Promise<T> | undefined;
    return () => (promise ??= fn());
  };
  const single = once(async () => call('once'));
  out.push(await Promise.all([single(), single()]), await single());
  const foreignOnce = once(() => call('foreign once'));
  out.push(await foreignOnce(), await foreignOnce());
  return out;
}
