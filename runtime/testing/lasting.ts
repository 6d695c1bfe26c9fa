/** Steps that take time, in a test whose time passes only when nobody is at work. */
import { currentContext } from '../context.ts';
import type { AnyFunction } from '../definitions.ts';
import { type Duration, parseSpan } from '../durations.ts';
import { MisuseError } from '../errors.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How long the calls of a function take, in ms. */
const spans = new WeakMap<AnyFunction, number>();

/**
 * What stands in the place of a step and takes so much of the test's time: `lasting('20s', async () => 'receipt')`. When
 * that is over, `implementation` is called. Meanwhile other waits may end, the timeout of the step among them.
 *
 * Outside of a test runtime it is `implementation` itself.
 *
 * @throws MisuseError for what is no length of time
 */
export function lasting<F extends AnyFunction>(duration: Duration, implementation: F): F {
  const span = parseSpan('lasting', duration);
  if (typeof implementation !== 'function') {
    throw new MisuseError('lasting(duration, implementation): the implementation must be a function.');
  }
  const slow = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(implementation, this, args);
  };
  spans.set(slow, span);
  return slow as F;
}

/** What stands in the place of a step and never ends, but by a timeout or a cancellation. */
export const hanging = (): Promise<never> => new Promise(() => {});
spans.set(hanging, Number.POSITIVE_INFINITY);

export const spanOf = (implementation: AnyFunction): number | undefined => spans.get(implementation);

/**
 * Calls `end` after so many ms.
 *
 * @param who what rests meanwhile
 */
export function last(time: VirtualTime, who: unknown, span: number, end: () => unknown): Promise<unknown> {
  const context = currentContext();
  const signal = context?.place === 'step' ? context.signal : undefined;
  return new Promise((resolve, reject) => {
    const wake = (): void => {
      cancel();
      signal?.removeEventListener('abort', stop);
      time.rest(who, false);
    };
    const stop = (): void => {
      wake();
      reject(signal?.reason);
    };
    const cancel =
      span === Number.POSITIVE_INFINITY
        ? () => {}
        : time.after(span, () => {
            wake();
            // What it throws rejects the promise.
            new Promise((done) => done(end())).then(resolve, reject);
          });
    signal?.addEventListener('abort', stop);
    time.rest(who, true);
  });
}
