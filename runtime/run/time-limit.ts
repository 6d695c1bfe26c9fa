import { TimeoutError } from '../base/errors.ts';
import { tookTooLong } from '../base/messages/steps.ts';
import type { StepContext } from './context.ts';

/** The result, or a `TimeoutError` after `ms`. */
export function withinTime(result: unknown, ms: number, context: StepContext, what: string): unknown {
  if (typeof result !== 'object' || result === null) return result;
  return new Promise((resolve, reject) => {
    const expire = (): void => {
      // The call that a chain hangs on has failed for good, by its own time: what `catch` does with that is tried once.
      if (context.chain?.failed === true) return;
      const error = new TimeoutError(tookTooLong(what, ms));
      context.abort(error);
      reject(error);
    };
    const timer = setTimeout(expire, ms);
    context.limits ??= [];
    context.limits.push(timer);
    const cancel = context.run.hooks?.after?.(ms, expire);
    const stop = (): void => {
      clearTimeout(timer);
      cancel?.();
    };
    Promise.resolve(result).then(resolve, reject).finally(stop);
  });
}
