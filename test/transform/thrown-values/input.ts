import { effect, fail, later } from '../../support/effects.ts';

const oddities: unknown[] = ['a string', 42, null, undefined, { plain: true, list: [1] }, ['array'], 10n, Symbol.iterator.toString()];

async function reject(i: number): Promise<never> {
  effect(`reject ${i}`);
  return fail(1, oddities[i]);
}

async function any(name: string, ms: number): Promise<string> {
  effect(`any ${name}`);
  return fail(ms, new TypeError(name));
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  for (let i = 0; i < oddities.length; i++) {
    try {
      await reject(i);
    } catch (thrown) {
      log.push(typeof thrown, thrown);
    }
  }
  try {
    await Promise.any([any('one', 1), any('two', 8)]);
  } catch (error) {
    const { name, errors } = error as AggregateError;
    log.push(name, error instanceof AggregateError, errors.map((e: Error) => `${e.name} ${e.message}`));
  }
  const started = reject(0);
  log.push(await started.catch((reason) => `caught ${reason}`));
  try {
    throw { own: 'object' };
  } catch (thrown) {
    log.push(thrown);
  }
  throw new AggregateError([new Error('x'), 'y'], 'at the end', { cause: 'because' });
}
