/** Steps that take time, in a test whose time passes only when nothing is at work. */

import { type Duration, parseSpan } from '../../base/durations.ts';
import { MisuseError } from '../../base/errors.ts';
import { lastingWithoutImplementation } from '../../base/messages/testing.ts';
import type { AnyFunction } from '../../functions/definition.ts';
import { currentContext } from '../../run/context.ts';

/** Lets `ms` of the test's time pass, in a step of a test runtime; returns at once elsewhere. */
async function pass(ms: number): Promise<void> {
  const context = currentContext();
  if (context?.place !== 'step') return;
  const { run, key, signal } = context;
  await run.hooks?.pass?.(run.backend.runId, key, ms, signal);
}

/**
 * A function that takes this much of the test's time before it calls `implementation`, to replace a step or to be called in
 * one: `lasting('20s', async () => 'receipt')`. Meanwhile other waits may end, the timeout of the step among them. Outside of
 * the steps of a test runtime it takes no time.
 *
 * @throws MisuseError for an invalid duration
 */
export function lasting<A extends unknown[], R>(
  duration: Duration,
  implementation: (...args: A) => R,
): (...args: A) => Promise<Awaited<R>> {
  const ms = parseSpan('lasting', duration);
  if (typeof implementation !== 'function') {
    throw new MisuseError(lastingWithoutImplementation());
  }
  return async function (this: unknown, ...args): Promise<Awaited<R>> {
    await pass(ms);
    return (await Reflect.apply(implementation as AnyFunction, this, args)) as Awaited<R>;
  };
}

/** A function that never ends, to replace a step or to be called in one. A timeout or the cancellation of the run ends it. */
export async function hanging(): Promise<never> {
  await pass(Number.POSITIVE_INFINITY);
  return new Promise(() => {});
}
