import { effect, later } from '../../support/effects.ts';

async function job(n: number): Promise<number> {
  effect(`job ${n}`);
  return later(1, n);
}

export async function main(): Promise<unknown> {
  'use durable';
  console.log('start');
  const { log } = console;
  for (let i = 0; i < 2; i++) {
    const n = await job(i);
    console.info('turn %d', n);
    log('through a variable', n);
  }
  const print = console.warn;
  print('as a value');
  await Promise.all([1, 2].map(async (n) => console.debug('closure', await job(n))));
  [3].forEach((n) => console.log('helper', n));
  const logger = { console: console, log: (text: string) => console.log(text) };
  logger.console.log('property');
  logger.log('method');
  const seen: number[] = [];
  await job(9).then((n) => {
    seen.push(n);
    console.log('chained', n, seen.length);
  });
  console['log']('computed');
  globalThis.console.log('global');
  console.log('end');
  return 'done';
}
