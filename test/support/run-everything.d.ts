import type { AnyFunction, StartOptions } from 'use-durable';
export function runEverything(
  calls: readonly (readonly [fn: AnyFunction, args: readonly unknown[], options?: StartOptions])[],
): Promise<void>;
