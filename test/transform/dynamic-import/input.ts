import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const path = await import('node:path');
  const first = await job(path.posix.join('a', 'b'));
  const { posix } = await import('node:path');
  const second = await job(posix.basename('x/y.ts', '.ts'));
  const [os, third] = await Promise.all([import('node:os'), job('beside')]);
  const name = `node:${'util'}`;
  const util = await import(name);
  const lazily = await import('node:path').then((m) => m.posix.sep);
  return { first, second, third, eol: typeof os.EOL, util: util.format('%s', 1), lazily };
}
