import { types } from 'node:util';
import { type Duration, parseSpan } from '../base/durations.ts';
import { FatalError, MisuseError } from '../base/errors.ts';
import {
  atMostOnceNoBoolean,
  attemptsInvalid,
  factorInvalid,
  jitterInvalid,
  policyNoObject,
  policyOnClass,
  policyOnDurableFunction,
  policyOnGenerator,
  policyWithoutFunction,
  retryIfNoFunction,
  retryIfReturnedPromise,
  stepTimeoutTooLong,
} from '../base/messages/steps.ts';
import { checkNames } from '../base/option-checks.ts';
import type { AnyFunction } from './definition.ts';
import { isGenerator } from './marks.ts';

/** When a failed step is tried again. */
export interface RetryPolicy {
  /** How often the step is called at most, the first time included; `Infinity` for ever. */
  readonly attempts: number;
  /** The time before the second attempt; default one second. */
  readonly delay?: Duration;
  /** The factor between one delay and the next; default 2. */
  readonly factor?: number;
  /** No delay is longer; default one minute, or the first delay where that is longer. */
  readonly maxDelay?: Duration;
  /**
   * The share of each delay that is drawn at random, so that steps that failed together aren't tried again together; 0
   * to 1, default 0.5: a delay of 8 s is somewhere between 4 and 8 s.
   */
  readonly jitter?: number;
  /**
   * Whether to retry after this error; default: after each error. A `FatalError` is never retried. It must be synchronous: an
   * async function makes the step fail with a MisuseError. If it throws, the step fails with the error that was passed to it.
   *
   * @param attempt the number of the attempt that failed, from 1
   */
  readonly retryIf?: (error: unknown, attempt: number) => boolean;
}

/** How a step is carried out. Without a policy it is called once, and what it throws is thrown at its `await`. */
export interface StepPolicy {
  /** A number is short for `{ attempts }`. */
  readonly retry?: RetryPolicy | number;
  /**
   * How long one attempt may take. When it is over the attempt fails with a `TimeoutError`, which may be retried like any
   * other error, and the signal of `currentStep()` is aborted.
   */
  readonly timeout?: Duration;
  /**
   * An attempt whose end is not known, because the process died meanwhile, is not made again: the step fails with a
   * `StepInterruptedError`. Its start is recorded first, which costs one more write.
   */
  readonly atMostOnce?: boolean;
}

const POLICY: unique symbol = Symbol.for('use-durable.policy') as never;

/**
 * The same function with a policy for the steps that call it: `const charge = withPolicy(chargeCard, { retry: 5 })`.
 * Called outside of a durable function, and inside a step, it is the function itself: a step is one unit. A function with a
 * policy can be given another: what that says goes before what the first one says, option by option.
 *
 * @throws MisuseError if the policy is malformed, or the function is durable, a generator or a class
 */
export function withPolicy<F extends AnyFunction>(fn: F, policy: StepPolicy): F {
  if (typeof fn !== 'function') throw new MisuseError(policyWithoutFunction());
  if (Reflect.get(fn, Symbol.for('use-durable.function')) !== undefined) {
    throw new MisuseError(policyOnDurableFunction(fn.name));
  }
  if (isGenerator(fn)) {
    throw new MisuseError(policyOnGenerator(fn.name));
  }
  if (isClass(fn)) {
    throw new MisuseError(policyOnClass(fn.name));
  }
  const checked = checkPolicy('withPolicy', policy);
  return withChecked(fn, { ...policyOf(fn), ...checked });
}

function withChecked<F extends AnyFunction>(fn: F, policy: StepPolicy): F {
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    return new.target === undefined ? Reflect.apply(fn, this, args) : Reflect.construct(fn, args, new.target);
  };
  const bind = (...bound: Parameters<typeof fn.bind>): AnyFunction => withChecked(fn.bind(...bound), policy);
  Object.defineProperties(wrapped, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
    bind: { value: bind, configurable: true, writable: true },
    [POLICY]: { value: policy },
  });
  return wrapped as F;
}

const isClass = (fn: AnyFunction): boolean => /^class\b/.test(Function.prototype.toString.call(fn));

export const policyOf = (fn: AnyFunction): StepPolicy | undefined =>
  Reflect.get(fn, POLICY) as StepPolicy | undefined;

/** What is changed later in the object of the user changes no step. */
export const copyOfPolicy = <P extends StepPolicy>(policy: P): P => ({
  ...policy,
  ...(typeof policy.retry === 'object' && { retry: { ...policy.retry } }),
});

/**
 * Gives a copy of the policy.
 *
 * @param where names the place in messages
 * @throws MisuseError naming what is wrong
 */
export function checkPolicy(where: string, given: StepPolicy): StepPolicy {
  if (typeof given !== 'object' || given === null) {
    throw new MisuseError(policyNoObject(where));
  }
  const copy = copyOfPolicy(given);
  checkCopy(where, copy);
  return copy;
}

function checkCopy(where: string, policy: StepPolicy): void {
  checkNames(where, policy, ['retry', 'timeout', 'atMostOnce']);
  const { retry, timeout, atMostOnce } = policy;
  if (timeout !== undefined && parseSpan(`${where}: timeout`, timeout) > LONGEST_TIMEOUT) {
    throw new MisuseError(stepTimeoutTooLong(where));
  }
  if (atMostOnce !== undefined && typeof atMostOnce !== 'boolean') {
    throw new MisuseError(atMostOnceNoBoolean(where));
  }
  if (retry === undefined) return;
  const names = ['attempts', 'delay', 'factor', 'maxDelay', 'jitter', 'retryIf'];
  if (typeof retry !== 'number') checkNames(`${where}: retry`, retry, names);
  const { attempts, delay, factor, maxDelay, jitter, retryIf } = retryOf(retry);
  if (!(attempts >= 1) || !(Number.isInteger(attempts) || attempts === Number.POSITIVE_INFINITY)) {
    throw new MisuseError(attemptsInvalid(where, attempts));
  }
  if (delay !== undefined) parseSpan(`${where}: delay`, delay);
  if (maxDelay !== undefined) parseSpan(`${where}: maxDelay`, maxDelay);
  if (factor !== undefined && !(factor >= 1 && Number.isFinite(factor))) {
    throw new MisuseError(factorInvalid(where, factor));
  }
  if (jitter !== undefined && !(typeof jitter === 'number' && jitter >= 0 && jitter <= 1)) {
    throw new MisuseError(jitterInvalid(where, jitter));
  }
  if (retryIf !== undefined && typeof retryIf !== 'function') {
    throw new MisuseError(retryIfNoFunction(where));
  }
}

/** The longest time that a timer of the platform takes, in ms. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** How long an attempt may take, in ms. */
export const timeoutOf = ({ timeout }: StepPolicy): number | undefined =>
  timeout === undefined ? undefined : parseSpan('timeout', timeout);

const retryOf = (retry: RetryPolicy | number): RetryPolicy =>
  typeof retry === 'number' ? { attempts: retry } : retry;

/**
 * How long to wait before the next attempt, in ms; undefined if there is none. Exponential backoff with a cap, and with jitter
 * as in "Exponential Backoff And Jitter" (Marc Brooker, AWS Architecture Blog, 2015).
 *
 * @param attempt the number of the attempt that failed, from 1
 * @throws MisuseError for a `retryIf` that returns a promise
 */
export function retryDelay(
  policy: StepPolicy | undefined,
  error: unknown,
  attempt: number,
  random: () => number = Math.random,
): number | undefined {
  if (policy?.retry === undefined || isFatal(error)) return undefined;
  const retry = retryOf(policy.retry);
  if (attempt >= retry.attempts || !isWorthIt(retry, error, attempt)) return undefined;
  const first = parseSpan('delay', retry.delay ?? 1_000);
  const longest =
    retry.maxDelay === undefined ? Math.max(first, 60_000) : parseSpan('maxDelay', retry.maxDelay);
  // Beyond 2^1023 it is Infinity, which the cap takes care of.
  const whole = Math.min(first * (retry.factor ?? 2) ** (attempt - 1), longest);
  const jitter = retry.jitter ?? 0.5;
  return Math.round(whole * (1 - jitter * random()));
}

function isFatal(error: unknown): boolean {
  try {
    return error instanceof FatalError;
  } catch {
    // Whatever it is, it is none of ours.
    return false;
  }
}

function isWorthIt({ retryIf }: RetryPolicy, error: unknown, attempt: number): boolean {
  if (retryIf === undefined) return true;
  let answer: unknown;
  try {
    answer = retryIf(error, attempt);
  } catch {
    // The error of the step says more than that of the question about it.
    return false;
  }
  if (!types.isPromise(answer)) return Boolean(answer);
  answer.catch(() => {});
  throw new MisuseError(retryIfReturnedPromise(), { cause: error });
}
