import { effect, fail, later } from '../../support/effects.ts';

async function ok(name: string): Promise<string> {
  effect(`ok ${name}`);
  return later(1, name);
}

async function bad(name: string): Promise<never> {
  effect(`bad ${name}`);
  return fail(1, new Error(`bad ${name}`));
}

function badNow(name: string): Promise<never> {
  effect(`bad now ${name}`);
  throw new RangeError(`bad now ${name}`);
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: string[] = [];
  try {
    log.push(await ok('1'));
    await bad('2');
    log.push('unreached');
  } catch (error) {
    log.push((error as Error).message, await ok('3'));
  } finally {
    log.push(await ok('4'));
  }
  try {
    try {
      await bad('5');
    } finally {
      log.push(await ok('6'));
    }
  } catch (error) {
    log.push(`outer ${(error as Error).message}`);
  }
  try {
    try {
      await badNow('7');
    } catch (error) {
      log.push((error as Error).name);
      throw new Error('rethrown', { cause: error });
    }
  } catch (error) {
    const { message, cause } = error as Error;
    log.push(message, (cause as Error).message, String(cause instanceof RangeError));
  }
  try {
    await bad('8');
  } catch {
    log.push('no binding');
  }
  for (const n of [1, 2, 3]) {
    try {
      if (n === 1) continue;
      if (n === 3) break;
      await bad(`loop ${n}`);
    } catch ({ message }: any) {
      log.push(message);
    } finally {
      await ok(`finally ${n}`);
    }
  }
  return log;
}
