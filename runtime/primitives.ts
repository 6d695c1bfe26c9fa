import { hash } from 'node:crypto';
import { currentContext } from './context.ts';
import type { Duration } from './durations.ts';
import { MisuseError, NotCompiledError } from './errors.ts';

/**
 * Waits, and survives a restart while it waits: milliseconds, a number with a unit (`'5s'`, `'2 days'`), or a moment.
 * The wait is measured by the wall clock from the moment of the call; a restart doesn't make it longer.
 *
 * @throws NotCompiledError where the function that calls it was not compiled
 * @throws MisuseError inside a step
 */
export function sleep(duration: Duration): Promise<void> {
  return refuse('sleep', duration);
}

/**
 * A step with a name of your own, or one around several calls: `await step('charge card', () => ...)`. `fn` is plain
 * code; its result or error is recorded, and it isn't called again once that is done.
 *
 * @throws NotCompiledError where the function that calls it was not compiled
 * @throws MisuseError inside a step
 */
export function step<T>(fn: () => T): Promise<Awaited<T>>;
export function step<T>(name: string, fn: () => T): Promise<Awaited<T>>;
export function step(...args: unknown[]): Promise<never> {
  return refuse('step', args[0]);
}

/** Compiled code never gets here: it hands these functions to its scope. The argument tells apart calls in a list. */
function refuse(name: string, argument: unknown): Promise<never> {
  if (currentContext()?.place === 'step') return Promise.reject(notInsideStep(name));
  const shown = typeof argument === 'string' ? `'${argument}'` : '...';
  return Promise.reject(new NotCompiledError(`The function that calls ${name}(${shown})`));
}

export const notInsideStep = (name: string): MisuseError =>
  new MisuseError(
    `${name}() was called inside a step. A step is one unit: it is recorded as a whole when it ends. Call ${name}() in ` +
      `the durable function itself, before or after the step.`,
  );

/** The run that the calling code belongs to. */
export interface RunInfo {
  readonly id: string;
  /** The id of the durable function that was started. */
  readonly fn: string;
}

/**
 * The run that this code is part of, in the durable function and inside its steps.
 *
 * @throws NotCompiledError outside a run
 */
export function currentRun(): RunInfo {
  const context = currentContext();
  if (context === undefined || context.place === 'plain') {
    throw new NotCompiledError('The function that calls currentRun()');
  }
  return { id: context.run.backend.runId, fn: context.run.definition.id };
}

/** The step that the calling code is the body of. */
export interface StepInfo {
  readonly runId: string;
  readonly key: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** 64 hexadecimal digits; the same for every attempt of this step, after a crash too, and for no other step. */
  readonly idempotencyKey: string;
}

/**
 * The step that this code runs in.
 *
 * @throws MisuseError outside a step
 */
export function currentStep(): StepInfo {
  const context = currentContext();
  if (context?.place !== 'step') {
    throw new MisuseError(
      'currentStep() was called outside a step. Call it in the function that a step calls.',
    );
  }
  const { runId } = context.run.backend;
  const { key, attempt } = context;
  return { runId, key, attempt, idempotencyKey: hash('sha256', `${runId}\0${key}`, 'hex') };
}
