/**
 * The policy of a step that is a whole chain, `await pay(x).then(read).catch(String)`. It is the policy of the call that the
 * chain hangs on: what plain code would do with a promise of a function that makes its further attempts by itself. So
 * `then`, `catch` and `finally` learn of the last attempt only.
 */

import { types } from 'node:util';
import { MisuseError } from '../base/errors.ts';
import { atMostOncePolicyFoundLate } from '../base/messages/steps.ts';
import { state } from '../base/process-state.ts';
import type { AnyFunction } from '../functions/definition.ts';
import { policyOf, retryDelay, type StepPolicy, timeoutOf } from '../functions/policy.ts';
import type { StepContext } from './context.ts';
import { withinTime } from './time-limit.ts';

/** A chain that is one step. */
export interface PolicyChain {
  /** Makes the call that it begins with. */
  readonly head: () => unknown;
  /** Executes the rest of the chain with the return value of that call. */
  readonly link: (head: unknown) => unknown;
}

/**
 * Carries out one attempt. Returns or throws the outcome of the step.
 *
 * @param policy of the step
 * @param own the policy belongs to the called function, which therefore returns a promise
 * @throws MisuseError for a policy that is found too late
 */
export function carryOut(
  chain: PolicyChain,
  policy: StepPolicy,
  own: boolean,
  context: StepContext,
  what: string,
): unknown {
  let head: unknown;
  try {
    head = chain.head();
  } catch (error) {
    if (!own) throw error;
    // As in a call outside of a chain: a function with a policy returns a promise.
    head = Promise.reject(error);
  }
  // `handlers.get('pay')(order)`: which function is called turns out in the step.
  const found = typeof head === 'function' ? policyOf(head as AnyFunction) : undefined;
  if (found?.atMostOnce === true) throw foundTooLate(what);
  if (found !== undefined) context.policy = { ...policy, ...found };
  const whole = context.policy ?? policy;
  if (whole.retry === undefined && whole.timeout === undefined) return chain.link(head);
  return govern(head, chain.link, whole, context, what);
}

const foundTooLate = (what: string): MisuseError => new MisuseError(atMostOncePolicyFoundLate(what));

function govern(
  head: unknown,
  link: PolicyChain['link'],
  policy: StepPolicy,
  context: StepContext,
  what: string,
): unknown {
  let stop: (error: unknown) => void;
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  stopped.catch(() => {});

  /** What `then` and the like hang on in place of the promise: it is settled by the last attempt, or never. */
  const gate = (promise: unknown): Promise<unknown> => {
    context.chain = { retryIn: undefined, failed: false };
    const timeout = timeoutOf(policy);
    const limited = timeout === undefined ? promise : withinTime(promise, timeout, context, what);
    const gated = new Promise<unknown>((resolve, reject) => {
      Promise.resolve(limited).then(resolve, (error: unknown) => {
        let retryIn: number | undefined;
        try {
          retryIn = retryDelay(policy, error, context.attempt, context.run.hooks?.random);
        } catch (mistake) {
          context.chain = { retryIn: undefined, failed: true };
          stop(mistake);
          return;
        }
        context.chain = { retryIn, failed: true };
        if (retryIn === undefined) reject(error);
        else stop(error);
      });
    });
    // If a link throws at once, nothing handles this promise.
    gated.catch(() => {});
    return gated;
  };

  const result = isPlainPromise(head) ? link(gate(head)) : original(link(tracked(head, gate)));
  return context.chain === undefined ? result : Promise.race([Promise.resolve(result), stopped]);
}

/** A promise of the language, with nothing to it but `then`, `catch` and `finally`. */
const isPlainPromise = (value: unknown): boolean =>
  types.isPromise(value) &&
  Object.getPrototypeOf(value) === Promise.prototype &&
  Object.getOwnPropertyNames(value).length === 0;

const CHAINERS: ReadonlySet<PropertyKey> = new Set(['then', 'catch', 'finally']);

/** The proxies of values in a chain, and the values themselves. */
const { chained: originals } = state;

const original = (value: unknown): unknown => (isObject(value) ? (originals.get(value) ?? value) : value);

/**
 * A proxy of a value in a chain, such as a query builder. It behaves as the value does, except for `then`, `catch` and
 * `finally`, which belong to the promise that `gate` returns for it.
 */
function tracked(value: unknown, gate: (promise: unknown) => Promise<unknown>): unknown {
  if (!isObject(value)) return value;
  const target = typeof value === 'function' ? () => {} : {};
  const standIn: object = new Proxy(target, {
    get(_, key) {
      const member: unknown = Reflect.get(value, key, value);
      if (CHAINERS.has(key) && typeof member === 'function')
        return (...args: unknown[]): unknown => {
          const gated = gate(value);
          return Reflect.apply(Reflect.get(gated, key) as () => unknown, gated, args.map(original));
        };
      return tracked(member, gate);
    },
    apply: (_, self, args) =>
      tracked(Reflect.apply(value as () => unknown, original(self), args.map(original)), gate),
    has: (_, key) => Reflect.has(value, key),
    set: (_, key, member) => Reflect.set(value, key, original(member), value),
    getPrototypeOf: () => Reflect.getPrototypeOf(value),
  });
  originals.set(standIn, value);
  return standIn;
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
