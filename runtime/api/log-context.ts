import { currentContext } from '../run/context.ts';

/** Where a line of a log comes from. */
export interface LogContext {
  readonly runId: string;
  /** The id of the durable function that was started. */
  readonly fn: string;
  /** Of the step; undefined in the durable function itself. */
  readonly key?: string;
  /** 1 for the first. */
  readonly attempt?: number;
}

/**
 * What a logger adds to its lines: the run and the step that the calling code is part of, a new object each time, and an
 * empty one outside runs. For pino: `pino({ mixin: logContext })`.
 */
export function logContext(): LogContext | Record<never, never> {
  const context = currentContext();
  if (context === undefined || context.place === 'plain') return {};
  const { backend, definition } = context.run;
  const run = { runId: backend.runId, fn: definition.id };
  // A helper of the body, as long as nothing else is known of it.
  const isStep = context.place === 'step' && context.undecided !== 'open';
  return isStep ? { ...run, key: context.key, attempt: context.attempt } : run;
}
