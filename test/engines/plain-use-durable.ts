/**
 * What `use-durable` means in a program that is not compiled: the plain meaning, in memory and in one process, that every
 * engine is compared with.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { parseDuration, parseSpan } from '../../runtime/base/durations.ts';
import { retryDelay } from '../../runtime/functions/policy.ts';
import {
  type AnyFunction,
  type Duration,
  type StepPolicy,
  TimeoutError,
  type WaitOptions,
} from '../../runtime/index.ts';
import { PlainRun } from './plain-run.ts';
import { plainRun } from './world.ts';

export { CancelledError, FatalError, StepInterruptedError, TimeoutError } from '../../runtime/index.ts';

/** Plain values stay what they are. */
export const registerClass = (): void => {};

interface Attempt {
  readonly attempt: number;
  readonly signal: AbortSignal;
}

const attempts = new AsyncLocalStorage<Attempt>();
const callbacks = new Map<string, (error: unknown, value?: unknown) => void>();
/** By id: the same id again is the same run. */
const children = new Map<string, Promise<unknown>>();
let counter = 0;

export const currentRun = (): { readonly id: string } => ({ id: PlainRun.current.id });

export const currentStep = (): Attempt =>
  attempts.getStore() ?? { attempt: 1, signal: new AbortController().signal };

/** Plain code has no earlier version. */
export const since = (_name: string): boolean => true;

export const sleep = (duration: Duration): Promise<void> => pause(millisecondsOf(duration) ?? 0);

export async function step<T>(
  ...args: [string, () => T, StepPolicy?] | [() => T, StepPolicy?]
): Promise<unknown> {
  const [body, policy] = (typeof args[0] === 'string' ? args.slice(1) : args) as [() => T, StepPolicy?];
  return policy === undefined ? await body() : await carryOut(body, policy);
}

export const withPolicy = <F extends AnyFunction>(fn: F, policy: StepPolicy): F =>
  ((...args: unknown[]) => carryOut(() => fn(...args), policy)) as F;

export const waitFor = (name: string, { timeout }: WaitOptions = {}): Promise<unknown> =>
  PlainRun.current.receive(name, millisecondsOf(timeout));

export async function* signals(name: string, options?: WaitOptions): AsyncGenerator<unknown, never> {
  for (;;) yield await waitFor(name, options);
}

export async function createCallback({ timeout }: WaitOptions = {}): Promise<unknown> {
  const token = `token-${++counter}`;
  const result = PlainRun.current.wait((settle) => callbacks.set(token, settle), millisecondsOf(timeout));
  result.catch(() => {});
  return { token, result: () => result };
}

/** Completes a callback, or fails it with an error. */
export function settleCallback(token: string, error: unknown, value?: unknown): void {
  callbacks.get(token)?.(error, value);
}

export async function startChild(
  fn: AnyFunction,
  args: unknown[],
  { id, this: receiver }: { id?: string; this?: unknown } = {},
): Promise<unknown> {
  const run = new PlainRun(id ?? `${PlainRun.current.id}/${++counter}`);
  const result =
    children.get(run.id) ?? (async () => plainRun.run(run, () => Reflect.apply(fn, receiver, args)))();
  children.set(run.id, result);
  result.catch(() => {});
  const parent = PlainRun.current;
  const wait = (): Promise<unknown> =>
    parent.wait((settle) => void result.then((value) => settle(undefined, value), settle));
  return { id: run.id, result: wait };
}

async function carryOut<T>(body: () => T, policy: StepPolicy): Promise<Awaited<T>> {
  for (let attempt = 1; ; attempt++) {
    const abort = new AbortController();
    try {
      const result = attempts.run({ attempt, signal: abort.signal }, async () => await body());
      return await (policy.timeout === undefined ? result : limit(result, policy.timeout, abort));
    } catch (error) {
      const delay = retryDelay(policy, error, attempt);
      if (delay === undefined) throw error;
      await pause(delay);
    }
  }
}

async function limit<T>(result: Promise<T>, timeout: Duration, abort: AbortController): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        const error = new TimeoutError('It took too long.');
        abort.abort(error);
        reject(error);
      },
      parseSpan('timeout', timeout),
    );
  });
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
}

const pause = (ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const over = PlainRun.current.wait<void>((settle) => {
    // A moment may be over.
    timer = setTimeout(() => settle(undefined), Math.max(0, ms));
  });
  return over.finally(() => clearTimeout(timer));
};

function millisecondsOf(duration: Duration | undefined): number | undefined {
  if (duration === undefined) return undefined;
  const now = Date.now();
  return parseDuration(duration)(now) - now;
}
