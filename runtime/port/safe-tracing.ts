import { asError } from '../base/error-text.ts';
import { tracingFailed } from '../base/messages/warnings.ts';
import { emitWarning } from '../base/warnings.ts';
import type { AttemptTrace, RunTrace, TracedRun, TraceEnding, Tracing } from './tracing.ts';

/** A tracer, or one of its processors, may throw, which must become neither the error of a step nor the end of a run. */
export function quietly<T>(fn: () => T): T | undefined {
  try {
    return fn();
  } catch (error) {
    emitWarning('USE_DURABLE_TRACING', tracingFailed(asError(error).message));
    return undefined;
  }
}

/** A tracer whose errors become warnings, and have no other effect. */
export class QuietTracing {
  readonly #tracing: Tracing;

  constructor(tracing: Tracing) {
    this.#tracing = tracing;
  }

  begin(run: TracedRun): RunTrace | undefined {
    return quietly(() => new QuietRun(this.#tracing.begin(run)));
  }
}

class QuietRun implements RunTrace {
  readonly origin: string;
  readonly #trace: RunTrace;

  constructor(trace: RunTrace) {
    this.#trace = trace;
    this.origin = trace.origin;
  }

  within<T>(fn: () => T): T {
    return once((call) => this.#trace.within(call), fn);
  }

  attempt(key: string, attempt: number): AttemptTrace {
    const trace = quietly(() => this.#trace.attempt(key, attempt));
    return {
      within: (fn) => (trace === undefined ? fn() : once((call) => trace.within(call), fn)),
      end: (error) => quietly(() => trace?.end(error)),
    };
  }

  end(ending: TraceEnding, error?: () => unknown): void {
    quietly(() => this.#trace.end(ending, error));
  }
}

/** Calls `fn` exactly once through the tracer, and returns or throws what `fn` does, even if the tracer fails. */
function once<T>(tracer: (call: () => unknown) => unknown, fn: () => T): T {
  let end: (() => T) | undefined;
  quietly(() =>
    tracer(() => {
      if (end !== undefined) return;
      try {
        const value = fn();
        end = () => value;
      } catch (error) {
        end = () => {
          throw error;
        };
      }
    }),
  );
  return end === undefined ? fn() : end();
}
