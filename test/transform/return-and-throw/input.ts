import { effect, fail, later } from '../../support/effects.ts';

async function ok<T>(value: T): Promise<T> {
  effect(`ok ${value}`);
  return later(1, value);
}

async function bad(name: string): Promise<never> {
  effect(`bad ${name}`);
  return fail(2, new Error(name));
}

function isEven(n: number): boolean {
  return n % 2 === 0;
}

export async function main(): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  // `return f()` doesn't begin to catch, `return await f()` does.
  const loose = async (): Promise<string> => {
    try {
      return bad('loose');
    } catch {
      log.push('never');
      return 'caught';
    } finally {
      log.push('loose finally');
    }
  };
  const tight = async (): Promise<string> => {
    try {
      return await bad('tight');
    } catch (error) {
      return `caught ${(error as Error).message}`;
    } finally {
      log.push(await ok('tight finally'));
    }
  };
  const override = async (): Promise<string> => {
    try {
      return await ok('first');
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: that is the point
      return ok('second');
    }
  };
  const swallow = async (): Promise<string> => {
    for (;;) {
      try {
        await bad('swallowed');
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: that is the point
        break;
      }
    }
    return 'swallowed';
  };
  const helper = async (n: number): Promise<boolean> => {
    return isEven(n);
  };
  try {
    await loose();
  } catch (error) {
    log.push(`outside ${(error as Error).message}`);
  }
  log.push(await tight(), await override(), await swallow(), await helper(4), await helper(5));
  return ok({ log }.log);
}
