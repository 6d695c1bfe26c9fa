/** `sleep`, `step`, timers and the other functions of this package, as a scope of a run carries them out. */

import { setTimeout as plainDelay } from 'node:timers/promises';
import { type Duration, parseDuration } from '../base/durations.ts';
import { MisuseError, UnsupportedError } from '../base/errors.ts';
import { handName } from '../base/keys.ts';
import { sinceUnsupported, stepWithoutFunction } from '../base/messages/steps.ts';
import { operationAborted } from '../base/messages/waits.ts';
import { checkLength } from '../base/name-checks.ts';
import { checkNames } from '../base/option-checks.ts';
import type { WebAbortSignal } from '../base/web-types.ts';
import type { AnyFunction } from '../functions/definition.ts';
import { checkPolicy, type StepPolicy } from '../functions/policy.ts';
import type { Primitive } from '../functions/primitive-tags.ts';
import { abortable } from '../run/abortable.ts';
import { abortedAfter, checkDelay, signalForStep } from '../run/deadlines.ts';
import { deliver } from '../run/outcome.ts';
import { asWorkflowPromise } from '../run/workflow-promises.ts';
import { DurableTimer, type TimerWait, timerDelay } from './durable-timers.ts';
import { createCallback, receive, startChild, stream } from './external-events.ts';
import type { ScopeContext } from './place.ts';
import { performShowing } from './showing.ts';
import type { SleepOptions } from './sleep-options.ts';
import { awaitStep } from './steps.ts';

/** `sleep(duration, options)`. */
export const sleeping =
  (place: ScopeContext, id: string): AnyFunction =>
  (duration: Duration, options?: SleepOptions) => {
    let until: (now: number) => number;
    try {
      until = parseDuration(duration);
      if (options !== undefined) checkNames('sleep', options, ['signal']);
    } catch (error) {
      return Promise.reject(error);
    }
    return wait(place, place.keys.site(id), until, undefined, options?.signal);
  };

/** Whether a function is `setTimeout` of `node:timers/promises`. */
export const isPlainDelay = (fn: unknown): boolean => fn === plainDelay;

/**
 * `setTimeout(ms, value, options)` of `node:timers/promises`.
 *
 * @param isTimer a promise around a timer instead
 */
export const delaying =
  (place: ScopeContext, id: string, isTimer: boolean): AnyFunction =>
  (ms?: unknown, value?: unknown, options?: { signal?: unknown }) => {
    const key = place.keys.site(id);
    const begin = (): Promise<unknown> => {
      const time = timerDelay(ms);
      return wait(place, key, (now) => now + time, value, options?.signal, aborted);
    };
    if (isTimer || ms === undefined || typeof ms === 'number') return begin();
    // Whether Node accepts a value that is not a number depends on its version, so Node decides, with a wait that is over at
    // once.
    return plainDelay(ms as number, value, { signal: AbortSignal.abort() }).catch((error: unknown) => {
      if (Reflect.get(error as object, 'code') !== 'ABORT_ERR') throw error;
      return begin();
    });
  };

/** `setTimeout(callback, ms, ...args)` whose callback is code of the durable function: a durable wait that can be called off. */
export const timing =
  (place: ScopeContext, id: string, fn: AnyFunction): AnyFunction =>
  (callback: AnyFunction, ms?: unknown, ...args: unknown[]) => {
    // The error is that of the platform.
    if (typeof callback !== 'function') return fn(callback, ms, ...args);
    const time = timerDelay(ms);
    const begin = (): TimerWait => {
      const key = place.keys.site(id);
      const promise = wait(place, key, (now) => now + time, undefined);
      return { promise, callOff: () => place.run.backend.callOff?.(key) };
    };
    return new DurableTimer(begin, callback, args);
  };

/** `clearTimeout(timer)`; `fn` is what the source calls by that name. */
export const clearing =
  (fn: AnyFunction): AnyFunction =>
  (timer: unknown) =>
    timer instanceof DurableTimer ? timer.close() : fn(timer);

/** `AbortSignal.timeout(ms)`: a durable wait, at whose end the signal is aborted, or the signal of one step alone. */
export function deadlineAfter(
  place: ScopeContext,
  id: string,
  ms: number,
  isForStep: boolean,
): WebAbortSignal {
  checkDelay(ms);
  if (isForStep) return signalForStep(id, ms);
  return abortedAfter(wait(place, place.keys.site(id), (now) => now + ms, undefined));
}

/** `step(name?, fn, policy?)`. */
export const stepping =
  (place: ScopeContext, id: string): AnyFunction =>
  (...args) => {
    const named = typeof args[0] === 'string';
    const [body, given]: unknown[] = named ? args.slice(1) : args;
    if (typeof body !== 'function') {
      return Promise.reject(new MisuseError(stepWithoutFunction()));
    }
    let policy: StepPolicy | undefined;
    try {
      if (given !== undefined) policy = checkPolicy('step', given as StepPolicy);
      if (named) checkLength('step(name, fn): the name', args[0]);
    } catch (error) {
      return Promise.reject(error);
    }
    const key = place.keys.site(named ? siteOfName(id, args[0]) : id);
    const call = (): unknown => Reflect.apply(body, undefined, []);
    const used = { args: [], uses: place.variables };
    return asWorkflowPromise(place.run, awaitStep(place.run, place.definition, key, call, policy, used));
  };

/** `since(name)`: the compiler has checked the name. */
export const asking =
  ({ run: { backend } }: ScopeContext): AnyFunction =>
  (name: string) => {
    if (backend.since === undefined) throw new UnsupportedError(sinceUnsupported(name));
    return backend.since(name);
  };

/** A call of a function of this package, by any name. */
export function performPrimitive(
  place: ScopeContext,
  id: string,
  name: Primitive,
  args: readonly unknown[],
): unknown {
  const { run } = place;
  const { classes } = place.definition;
  switch (name) {
    case 'sleep':
      return sleeping(place, id)(...args);
    case 'step':
      return stepping(place, id)(...args);
    case 'waitFor':
      return asWorkflowPromise(run, receive(run, classes, place.keys.site(id), args));
    case 'signals':
      return stream(() => asWorkflowPromise(run, receive(run, classes, place.keys.site(id), args)));
    case 'createCallback':
      return asWorkflowPromise(run, createCallback(run, classes, place.keys.site(id), args));
    case 'since':
      return asking(place)(...args);
    case 'setAttributes':
      return performShowing(place, name, args);
    case 'startChild':
      return asWorkflowPromise(run, startChild(run, classes, place.keys.site(id), args));
  }
}

/** @param reason what the wait rejects with when the signal calls it off */
function wait<T>(
  { run, definition }: ScopeContext,
  key: string,
  until: (now: number) => number,
  value: T,
  signal?: unknown,
  reason?: (signal: WebAbortSignal) => unknown,
): Promise<T> {
  const begin = (): Promise<T> =>
    asWorkflowPromise(
      run,
      new Promise<T>((resolve, reject) =>
        run.backend.sleep(key, until, (outcome) => {
          // All but a cancelled wait is worth no look at its outcome.
          if (outcome.ok) resolve(value);
          else deliver(outcome, definition.classes, () => {}, reject);
        }),
      ),
    );
  return signal === undefined ? begin() : asWorkflowPromise(run, abortable(run, key, signal, begin, reason));
}

/** What Node's own promises of timers reject with. */
const aborted = (signal: WebAbortSignal): Error =>
  Object.assign(new Error(operationAborted(), { cause: signal.reason }), {
    code: 'ABORT_ERR',
    name: 'AbortError',
  });

/** A literal name is in the id already, followed by the number of its site. A computed name replaces the id. */
function siteOfName(id: string, name: string): string {
  const own = handName(name);
  return id === own || id.startsWith(`${own}#`) ? id : own;
}
