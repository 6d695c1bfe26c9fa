/**
 * Rejections in workflow code that nobody handles. Node ends the process for one; but a worker drives many runs, and each
 * worker that took this one up would end as well. So they are kept, since the code may yet handle them, and what is left
 * when the run ends is told by a warning. What the run returns or throws stays what it is.
 */

import { textOf } from '../base/error-text.ts';
import { state } from '../base/process-state.ts';
import { currentContext, type UnhandledRejections } from './context.ts';
import { runOfPromise } from './workflow-promises.ts';

/** Those of one run. */
export class Rejections implements UnhandledRejections {
  readonly #runId: string;
  readonly #kept = new Map<object, unknown>();
  #over = false;

  constructor(runId: string) {
    this.#runId = runId;
  }

  keep(promise: object, reason: unknown): void {
    this.#kept.set(promise, reason);
    if (this.#over) this.#tellSoon();
  }

  /** True if it was kept. */
  forget(promise: object): boolean {
    return this.#kept.delete(promise);
  }

  /** The function has returned or thrown. */
  end(): void {
    this.#over = true;
    if (this.#kept.size > 0) this.#tellSoon();
  }

  /** Node says of a promise that it is handled when the microtasks are through. */
  #tellSoon(): void {
    setImmediate(() => {
      for (const reason of this.#kept.values()) warn(this.#runId, reason);
      this.#kept.clear();
    });
  }
}

/** The steps that errors come from. */
const origins = state.failures;

/** Remembers which step an error comes from; gives the error back. */
export function failedBy(key: string, error: unknown): unknown {
  if (typeof error === 'object' && error !== null) origins.set(error, key);
  return error;
}

function warn(runId: string, reason: unknown): void {
  const key = typeof reason === 'object' && reason !== null ? origins.get(reason) : undefined;
  const what = key === undefined ? 'A promise was rejected' : `The step "${key}" failed`;
  const shown = textOf(reason);
  const detail = textOf(reason, true);
  process.emitWarning(
    `${what} in run "${runId}", and nobody had handled that when the run ended: ${shown}`,
    detail === shown ? { code: CODE } : { code: CODE, detail },
  );
}

const CODE = 'USE_DURABLE_UNHANDLED';

const kept = state.rejections as WeakMap<object, UnhandledRejections>;

/** False if the promise is none of a run. */
function keep(promise: object, reason: unknown): boolean {
  const context = currentContext();
  const run = runOfPromise(promise) ?? (context?.place === 'body' ? context.run : undefined);
  if (run === undefined) return false;
  kept.set(promise, run.rejections);
  run.rejections.keep(promise, reason);
  return true;
}

/**
 * Says of a listener of this package which promises it keeps. Each context of `node:vm` has a state of its own, and so a
 * listener; where the user has none, the last of ours gives the others back to Node.
 */
const KEEPS: unique symbol = Symbol.for('use-durable.keeps') as never;

interface Listener {
  (reason: unknown, promise: Promise<unknown>): void;
  readonly [KEEPS]?: (promise: object) => boolean;
}

/** Begins to take care of rejections in runs; all others are Node's as before. */
export function watchRejections(): void {
  if (state.watchesRejections) return;
  state.watchesRejections = true;
  const listener: Listener = (reason, promise) => {
    if (keep(promise, reason)) return;
    const listeners: readonly Listener[] = process.listeners('unhandledRejection');
    if (listeners.at(-1) !== listener) return;
    // Where nobody listened but us, Node would have ended the process.
    const isOurs = listeners.every((one) => one[KEEPS]?.(promise) === false);
    if (isOurs && wouldThrow()) throw reason;
  };
  process.on(
    'unhandledRejection',
    Object.assign(listener, { [KEEPS]: (promise: object) => kept.has(promise) }),
  );
  process.on('rejectionHandled', (promise) => {
    kept.get(promise)?.forget(promise);
  });
}

/** Whether Node, with its flags, ends the process for a rejection that nobody listens for. */
function wouldThrow(): boolean {
  const flags = [process.env.NODE_OPTIONS ?? '', ...process.execArgv].join(' ');
  return !/--unhandled-rejections[= ](none|warn|strict)\b(?!-)/.test(flags);
}
