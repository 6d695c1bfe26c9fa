import { effect, later } from '../../support/effects.ts';

async function f(n: number): Promise<number> {
  effect(`f ${n}`);
  return later(1, n + 1);
}

class Box {
  readonly n: number;
  constructor(n: number) {
    this.n = n;
  }
  async get(k: number): Promise<number> {
    effect(`get ${this.n} ${k}`);
    return later(1, this.n * k);
  }
}

const present: { f?: typeof f; box?: Box } = { f, box: new Box(3) };
const absent: { f?: typeof f; box?: Box } = {};
const maybe: typeof f | undefined = f;
const none = undefined as typeof f | undefined;
const nothing = null as Box | null;

export async function main(): Promise<unknown> {
  'use durable';
  let i = 0;
  const out: unknown[] = [];
  out.push(await maybe?.(i++));
  out.push(await none?.(i++));
  out.push(await present.box?.get(i++));
  out.push(await absent.box?.get(i++));
  out.push(await nothing?.get(i++));
  out.push(await none?.(await f(i++)));
  out.push(await present.box?.get(await f(i++)));
  out.push(await present.box?.['get'](i++));
  const p = maybe?.(i++);
  const q = none?.(i++);
  const r = present.box?.get(i++);
  const s = absent.box?.get(i++);
  out.push(await p, await q, await r, await s, q === undefined, s === undefined);
  const local = i > 2 ? async (n: number) => (await f(n)) * 2 : undefined;
  out.push(await local?.(i++));
  const gone = i < 0 ? async (n: number) => await f(n) : undefined;
  out.push(await gone?.(i++));
  return { out, i };
}
