import { MisuseError, UnsupportedError } from '../base/errors.ts';
import { abortedFromOutside, abortSignalInvalid, waitNotAbortable } from '../base/messages/waits.ts';
import { currentContext } from './context.ts';
import type { Run } from './run.ts';

/**
 * A wait that an AbortSignal cancels. The durable function itself aborts it, so each replay aborts it at the same place, and
 * nothing is recorded.
 *
 * Rejects with the error of the wait, with the reason of the signal, with MisuseError for an invalid signal or one that is
 * aborted from outside of the durable function, and with UnsupportedError if the engine can't cancel a wait.
 *
 * @param wait requests it under the key
 * @param reason the error of a cancelled wait; default: the reason of the signal
 */
export function abortable<T>(
  run: Run,
  key: string,
  signal: unknown,
  wait: () => Promise<T>,
  reason = (aborted: AbortSignal): unknown => aborted.reason,
): Promise<T> {
  const { backend } = run;
  if (!(signal instanceof AbortSignal)) {
    return Promise.reject(new MisuseError(abortSignalInvalid(key)));
  }
  if (backend.callOff === undefined) {
    return Promise.reject(new UnsupportedError(waitNotAbortable(key)));
  }
  if (signal.aborted) return Promise.reject(reason(signal));
  return new Promise((resolve, reject) => {
    const callOff = (): void => {
      backend.callOff?.(key);
      reject(isInBody(run) ? reason(signal) : abortedOutside(key));
    };
    const done = (): void => signal.removeEventListener('abort', callOff);
    signal.addEventListener('abort', callOff, { once: true });
    wait().then(resolve, reject).finally(done);
  });
}

function isInBody(run: Run): boolean {
  const context = currentContext();
  if (context === undefined || context.place === 'plain' || context.run !== run) return false;
  // What isn't known yet to be a step is most often a part of the body.
  return context.place === 'body' || context.undecided !== undefined;
}

const abortedOutside = (key: string): MisuseError => new MisuseError(abortedFromOutside(key));
