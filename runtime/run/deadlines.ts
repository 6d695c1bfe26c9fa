/** `AbortSignal.timeout` in workflow code. */
import { state } from '../base/process-state.ts';

/** The signal of a durable wait: aborted as that of `AbortSignal.timeout` is, or with what else ended the wait. */
export function abortedAfter(wait: Promise<void>): AbortSignal {
  const controller = new AbortController();
  wait.then(
    () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
    // The run was cancelled: what waits for the signal alone has to hear of it.
    (reason) => controller.abort(reason),
  );
  return controller.signal;
}

/** @throws what `AbortSignal.timeout` throws for what is no time */
export function checkDelay(ms: unknown): asserts ms is number {
  if (typeof ms === 'number' && Number.isInteger(ms) && ms >= 0 && ms <= 2 ** 32 - 1) return;
  AbortSignal.timeout(ms as number);
}

/** How a signal was made. */
interface Asked {
  readonly id: string;
  readonly ms: number;
}

/** Signals that were made as arguments of calls: if a call turns out to be workflow code, it needs a durable one. */
const forSteps = state.deadlines as WeakMap<AbortSignal, Asked>;

/** The signal for a step alone: its time counts anew for each call of the step, and nothing is recorded. */
export function signalForStep(id: string, ms: number): AbortSignal {
  const signal = AbortSignal.timeout(ms);
  forSteps.set(signal, { id, ms });
  state.hasDeadlines = true;
  return signal;
}

/**
 * Arguments of workflow code: signals that were made in the call, or in an object there, are replaced by those that `make`
 * returns.
 */
export function withDeadlines(
  args: readonly unknown[],
  make: (asked: Asked) => AbortSignal,
): readonly unknown[] {
  if (!state.hasDeadlines) return args;
  const durable = (value: unknown): unknown => {
    const asked = value instanceof AbortSignal ? forSteps.get(value) : undefined;
    return asked === undefined ? value : make(asked);
  };
  return args.map((arg) => {
    if (typeof arg !== 'object' || arg === null) return arg;
    if (arg instanceof AbortSignal) return durable(arg);
    for (const [key, { value, writable }] of Object.entries(Object.getOwnPropertyDescriptors(arg))) {
      if (writable === true && value instanceof AbortSignal && forSteps.has(value))
        Reflect.set(arg, key, durable(value));
    }
    return arg;
  });
}
