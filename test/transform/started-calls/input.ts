import { effect, fail, later } from '../../support/effects.ts';

async function start(name: string, ms = 2): Promise<string> {
  effect(`start ${name}`);
  return later(ms, name);
}

async function breaks(name: string): Promise<never> {
  effect(`breaks ${name}`);
  return fail(2, new Error(name));
}

function pure(n: number): number {
  return n * 2;
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  const p = start('p', 12);
  const q = start('q', 2);
  log.push(await start('between', 1));
  log.push(await q, await p, await p);
  const number = pure(4);
  log.push(await number);
  let r = start('r1');
  const held = r;
  r = start('r2');
  log.push(await r, await held);
  let current: Promise<string> | undefined;
  for (const name of ['l1', 'l2', 'l3']) {
    const previous = current;
    current = start(name);
    if (previous) log.push(await previous);
  }
  log.push(await current);
  const failing = breaks('f');
  try {
    await failing;
  } catch (error) {
    log.push((error as Error).message);
  }
  const closure = async (): Promise<string> => `${await p}/${await start('inside')}`;
  const running = closure();
  log.push(await start('beside', 8), await running);
  const conditional = log.length > 3 ? start('yes') : start('no');
  log.push(await conditional);
  const { then: _, ...rest } = { then: 1, own: start('own') };
  log.push(await rest.own);
  return log;
}
