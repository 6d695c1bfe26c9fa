import { setTimeout as plainDelay } from 'node:timers/promises';
import {
  type Primitive,
  type SleepOptions,
  sleep as sleepPrimitive,
  step as stepPrimitive,
} from '../api/primitives.ts';
import { type Duration, parseDuration } from '../base/durations.ts';
import { MisuseError } from '../base/errors.ts';
import { handName, Keys } from '../base/keys.ts';
import { checkLength } from '../base/name-checks.ts';
import { checkNames } from '../base/option-checks.ts';
import type { WebAbortSignal } from '../base/web-types.ts';
import type { AnyFunction, Definition } from '../functions/definitions.ts';
import { checkPolicy, type StepPolicy } from '../functions/policy.ts';
import { abortable } from '../run/abortable.ts';
import { insideStep, type Run } from '../run/context.ts';
import { abortedAfter, checkDelay, signalForStep } from '../run/deadlines.ts';
import { deliver } from '../run/outcome.ts';
import { own } from '../run/workflow-promises.ts';
import { Surroundings } from './deterministic-globals.ts';
import { DurableTimer, type Executor, type TimerWait, timerDelay, withReject } from './durable-timers.ts';
import { createCallback, receive, startChild, stream } from './external-events.ts';
import { insideStepScope } from './pass-through.ts';
import { awaitStep } from './steps.ts';

/** The functions of this package, and timers, as a scope carries them out. */
export abstract class Waits extends Surroundings {
  protected readonly definition: Definition;
  protected readonly keys: Keys;

  /** See `uses`. */
  protected readonly variables: (() => readonly unknown[]) | undefined;

  /** `definition` is the function whose source this scope stands for; `path` its key, empty for the root of the run. */
  constructor(
    run: Run,
    definition: Definition,
    path: string,
    keys = new Keys(path),
    variables?: () => readonly unknown[],
  ) {
    super(run, path);
    this.definition = definition;
    this.keys = keys;
    this.variables = variables;
  }

  /** A call of any function; for those that only look like ours. */
  abstract start(id: string, fn: unknown): AnyFunction;

  /** `sleep(...)`; `fn` is what the source calls by that name. */
  sleep(id: string, fn: unknown): AnyFunction {
    if (insideStep()) return insideStepScope.sleep(id, fn);
    if (fn !== sleepPrimitive) return this.start(id, fn);
    return (duration: Duration, options?: SleepOptions) => {
      let until: (now: number) => number;
      try {
        until = parseDuration(duration);
        if (options !== undefined) checkNames('sleep', options, ['signal']);
      } catch (error) {
        return Promise.reject(error);
      }
      return this.#wait(this.keys.site(id), until, undefined, options?.signal);
    };
  }

  /**
   * `setTimeout(...)` of `node:timers/promises`, `fn` being what the source calls by that name; without it a promise around a
   * timer: a durable wait.
   */
  delay(id: string, fn?: unknown): AnyFunction {
    if (insideStep()) return insideStepScope.delay(id, fn);
    if (fn !== undefined && fn !== plainDelay) return this.start(id, fn);
    return (ms?: unknown, value?: unknown, options?: { signal?: unknown }) => {
      const key = this.keys.site(id);
      const wait = (): Promise<unknown> => {
        const time = timerDelay(ms);
        return this.#wait(key, (now) => now + time, value, options?.signal, aborted);
      };
      if (fn === undefined || ms === undefined || typeof ms === 'number') return wait();
      // Whether Node takes what is no number depends on its version: asked for a wait that is over before it begins.
      return plainDelay(ms as number, value, { signal: AbortSignal.abort() }).catch((error: unknown) => {
        if (Reflect.get(error as object, 'code') !== 'ABORT_ERR') throw error;
        return wait();
      });
    };
  }

  /** The executor of a promise that sets timers: should the run be cancelled, the promise is rejected. */
  executor(executor: Executor): Executor {
    return insideStep() ? executor : withReject(executor);
  }

  /**
   * `setTimeout(callback, ms, ...args)` whose callback is code of the durable function: a durable wait that can be called off;
   * `fn` is what the source calls by that name.
   */
  timer(id: string, fn: AnyFunction): AnyFunction {
    if (insideStep()) return fn;
    return (callback: AnyFunction, ms?: unknown, ...args: unknown[]) => {
      // The error is that of the platform.
      if (typeof callback !== 'function') return fn(callback, ms, ...args);
      const wait = timerDelay(ms);
      const begin = (): TimerWait => {
        const key = this.keys.site(id);
        const promise = this.#wait(key, (now) => now + wait, undefined);
        return { promise, callOff: () => this.run.backend.callOff?.(key) };
      };
      return new DurableTimer(begin, callback, args);
    };
  }

  /** `clearTimeout(timer)`; `fn` is what the source calls by that name. */
  clearTimer(fn: AnyFunction): AnyFunction {
    return (timer: unknown) => (timer instanceof DurableTimer ? timer.close() : fn(timer));
  }

  /**
   * `AbortSignal.timeout(ms)`: a durable wait, at whose end the signal is aborted.
   *
   * @param isForStep it is made as an argument of what seems to be a step, and so is that step's alone
   */
  deadline(id: string, isForStep = false): (ms: number) => WebAbortSignal {
    if (insideStep()) return insideStepScope.deadline(id);
    return (ms) => {
      checkDelay(ms);
      return isForStep
        ? signalForStep(id, ms)
        : abortedAfter(this.#wait(this.keys.site(id), (now) => now + ms, undefined));
    };
  }

  /** `step(name?, fn)`; `fn` is what the source calls by that name. */
  step(id: string, fn: unknown): AnyFunction {
    if (insideStep()) return insideStepScope.step(id, fn);
    if (fn !== stepPrimitive) return this.start(id, fn);
    return (...args) => {
      const named = typeof args[0] === 'string';
      const [body, given]: unknown[] = named ? args.slice(1) : args;
      if (typeof body !== 'function') {
        return Promise.reject(
          new MisuseError('step(name?, fn, policy?): fn must be a function; write step(() => call()).'),
        );
      }
      let policy: StepPolicy | undefined;
      try {
        if (given !== undefined) policy = checkPolicy('step', given as StepPolicy);
        if (named) checkLength('step(name, fn): the name', args[0]);
      } catch (error) {
        return Promise.reject(error);
      }
      const key = this.keys.site(named ? siteOfName(id, args[0]) : id);
      const call = (): unknown => Reflect.apply(body, undefined, []);
      const used = { args: [], uses: this.variables };
      return own(this.run, awaitStep(this.run, this.definition, key, call, policy, used));
    };
  }

  /** The functions of this package, known by identity: the source may call them by any name. */
  protected primitive(id: string, name: Primitive, args: readonly unknown[]): unknown {
    const { run } = this;
    const { classes } = this.definition;
    switch (name) {
      case 'sleep':
        return this.sleep(id, sleepPrimitive)(...args);
      case 'step':
        return this.step(id, stepPrimitive)(...args);
      case 'waitFor':
        return own(run, receive(run, classes, this.keys.site(id), args));
      case 'signals':
        return stream(() => own(run, receive(run, classes, this.keys.site(id), args)));
      case 'createCallback':
        return own(run, createCallback(run, classes, this.keys.site(id), args));
      case 'startChild':
        return own(run, startChild(run, classes, this.keys.site(id), args));
    }
  }

  /** @param reason what the wait rejects with when the signal calls it off */
  #wait<T>(
    key: string,
    until: (now: number) => number,
    value: T,
    signal?: unknown,
    reason?: (signal: WebAbortSignal) => unknown,
  ): Promise<T> {
    const wait = (): Promise<T> =>
      own(
        this.run,
        new Promise<T>((resolve, reject) =>
          this.run.backend.sleep(key, until, (outcome) => {
            // All but a cancelled wait is worth no look at its outcome.
            if (outcome.ok) resolve(value);
            else deliver(outcome, this.definition.classes, () => {}, reject);
          }),
        ),
      );
    return signal === undefined ? wait() : own(this.run, abortable(this.run, key, signal, wait, reason));
  }
}

/** What Node's own promises of timers reject with. */
const aborted = (signal: WebAbortSignal): Error =>
  Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    code: 'ABORT_ERR',
    name: 'AbortError',
  });

/** A literal name is in the id already, with the number of its site behind it; a computed one replaces the id. */
function siteOfName(id: string, name: string): string {
  const own = handName(name);
  return id === own || id.startsWith(`${own}#`) ? id : own;
}
