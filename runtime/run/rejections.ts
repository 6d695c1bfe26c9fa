/** Rejections in workflow code that nothing handles. Node would end the process, and with it all other runs of the worker. */

import { state } from '../base/process-state.ts';
import { currentContext } from './context.ts';
import type { UnhandledRejections } from './unhandled-rejections.ts';
import { runOfPromise } from './workflow-promises.ts';

const kept = state.rejections as WeakMap<object, UnhandledRejections>;

/** Returns false if the promise belongs to no run. */
function keep(promise: object, reason: unknown): boolean {
  const context = currentContext();
  const run = runOfPromise(promise) ?? (context?.place === 'body' ? context.run : undefined);
  if (run === undefined) return false;
  kept.set(promise, run.rejections);
  run.rejections.keep(promise, reason);
  return true;
}

/**
 * Marks a listener of this package, and says which promises it keeps. Each context of `node:vm` has a state of its own, and
 * so a listener of its own. If the user has no listener, the last of ours leaves all other rejections to Node.
 */
const KEEPS: unique symbol = Symbol.for('use-durable.keeps') as never;

interface Listener {
  (reason: unknown, promise: Promise<unknown>): void;
  readonly [KEEPS]?: (promise: object) => boolean;
}

/** Begins to keep rejections of runs. Node handles all others as before. */
export function watchRejections(): void {
  if (state.watchesRejections) return;
  state.watchesRejections = true;
  const listener: Listener = (reason, promise) => {
    if (keep(promise, reason)) return;
    const listeners: readonly Listener[] = process.listeners('unhandledRejection');
    if (listeners.at(-1) !== listener) return;
    // Without our listeners, Node would have ended the process.
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

/** Whether Node, with its flags, ends the process for a rejection without listeners. */
function wouldThrow(): boolean {
  const flags = [process.env.NODE_OPTIONS ?? '', ...process.execArgv].join(' ');
  return !/--unhandled-rejections[= ](none|warn|strict)\b(?!-)/.test(flags);
}
