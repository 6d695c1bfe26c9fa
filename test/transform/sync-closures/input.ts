import { effect, later } from '../../support/effects.ts';

async function call(name: string): Promise<string> {
  effect(name);
  return later(1, name);
}

function upper(s: string): string {
  return s.toUpperCase();
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const go = (name: string) => call(`go ${name}`);
  out.push(await go('a'), await go('b'));
  const both = (name: string) => Promise.all([call(`${name} 1`), call(`${name} 2`)]);
  out.push(await both('both'));
  function choose(flag: boolean): Promise<string> | string {
    if (flag) return call('chosen');
    return upper('not chosen');
  }
  out.push(await choose(true), await choose(false));
  const wrap = (name: string) => ({ name, result: call(`wrap ${name}`) });
  const wrapped = ['p', 'q'].map((name) => wrap(name));
  for (const { name, result } of wrapped) out.push(name, await result);
  const thunks = ['t', 'u'].map((name) => () => call(`thunk ${name}`));
  for (const thunk of thunks) out.push(await thunk());
  const deferred = () => {
    let resolve!: (value: string) => void;
    const promise = new Promise<string>((r) => {
      resolve = r;
    });
    return { promise, resolve };
  };
  const gate = deferred();
  const waiter = (async () => `through ${await gate.promise}`)();
  gate.resolve(await call('open'));
  out.push(await waiter);
  const native = Promise.withResolvers<string>();
  native.resolve('resolved');
  out.push(await native.promise);
  return out;
}
