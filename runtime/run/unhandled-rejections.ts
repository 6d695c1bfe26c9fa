import { textOf } from '../base/error-text.ts';
import { rejectionUnhandled } from '../base/messages/warnings.ts';
import { state } from '../base/process-state.ts';
import { emitWarning } from '../base/warnings.ts';

/**
 * The rejections of one run that its code has not handled. The code may still handle them; those that are left when the run
 * ends are reported by a warning. They don't change the outcome of the run.
 */
export class UnhandledRejections {
  readonly #runId: string;
  readonly #kept = new Map<object, unknown>();
  #over = false;

  constructor(runId: string) {
    this.#runId = runId;
  }

  keep(promise: object, reason: unknown): void {
    this.#kept.set(promise, reason);
    if (this.#over) this.#reportSoon();
  }

  /** Returns true if the promise was kept. */
  forget(promise: object): boolean {
    return this.#kept.delete(promise);
  }

  /** The function has returned or thrown. */
  end(): void {
    this.#over = true;
    if (this.#kept.size > 0) this.#reportSoon();
  }

  /** Not at once: Node emits `rejectionHandled` after the microtasks. */
  #reportSoon(): void {
    setImmediate(() => {
      for (const reason of this.#kept.values()) warn(this.#runId, reason);
      this.#kept.clear();
    });
  }
}

/** The steps in which errors were thrown. */
const origins = state.failures;

/** Remembers which step an error comes from, and returns the error. */
export function failedBy(key: string, error: unknown): unknown {
  if (typeof error === 'object' && error !== null) origins.set(error, key);
  return error;
}

function warn(runId: string, reason: unknown): void {
  const key = typeof reason === 'object' && reason !== null ? origins.get(reason) : undefined;
  const shown = textOf(reason);
  const detail = textOf(reason, true);
  const text = rejectionUnhandled(runId, key, shown);
  emitWarning('USE_DURABLE_UNHANDLED', text, detail === shown ? undefined : detail);
}
