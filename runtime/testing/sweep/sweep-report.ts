/** The words in which a sweep says what it has found. */
import {
  differsAfterCrash,
  effectOutsideSteps,
  stepNotRepeatable,
  stepsDiffer,
} from '../../base/messages/testing.ts';
import type { Definition } from '../../functions/definition.ts';
import { findDefinition } from '../../functions/definitions.ts';
import { describeEvent } from '../../journal/mismatch.ts';
import { placeIn } from '../../journal/mismatch-text.ts';
import type { OutcomeDifference } from '../runtime/differences.ts';
import { CrashSweepError } from '../runtime/errors.ts';
import type { Change } from '../runtime/store-log.ts';
import type { WorldRead } from '../runtime/world-reads.ts';
import { RUN } from './reference-run.ts';

export const placeOf = ({ meta: { id, file, line } }: Definition): string => `${id} (${file}:${line})`;

/**
 * @param when when the process died
 * @param reads what code that isn't compiled has read of the world
 */
export function differs(
  definition: Definition,
  { what, expected, actual }: OutcomeDifference,
  when: string,
  reads: readonly WorldRead[],
): CrashSweepError {
  return new CrashSweepError(
    differsAfterCrash(
      placeOf(definition),
      what,
      when,
      expected,
      actual,
      reads.map((read) => `${read.what} (${read.place})`),
    ),
  );
}

/** What is outside has changed though no step was called. */
export function leaks(
  definition: Definition,
  { what, expected, actual }: OutcomeDifference,
  when: string,
): CrashSweepError {
  return new CrashSweepError(effectOutsideSteps(placeOf(definition), what, when, expected, actual));
}

/** @param step a description of the step, if it is known */
export function notTwice(
  definition: Definition,
  step: string | undefined,
  { what, expected, actual }: OutcomeDifference,
): CrashSweepError {
  return new CrashSweepError(stepNotRepeatable(placeOf(definition), step, what, expected, actual));
}

/** The last change of `before`, in words. */
export function describeChange(change: Change, before: readonly Change[]): string {
  switch (change.type) {
    case 'create':
      return change.args[0] === RUN ? 'its start' : `the start of the run "${change.args[0]}"`;
    case 'watch':
      return `the run "${change.args[1]}" has begun to wait for "${change.args[0]}"`;
    case 'send':
      return `something was sent to "${change.args[0]}"`;
    case 'complete':
      return 'a callback was completed or failed from outside';
    case 'shown':
      return `what the run "${change.runId}" shows was written`;
    case 'event': {
      const { runId, event } = change;
      const index = before.filter((other) => other.type === 'event' && other.runId === runId).length;
      const start = before.find((other) => other.type === 'create' && other.args[0] === runId);
      const fn = start?.type === 'create' ? findDefinition(start.args[1].fn) : undefined;
      const what = fn === undefined ? event.type : describeEvent(event, placeIn(fn));
      return `event ${index}${runId === RUN ? '' : ` of the run "${runId}"`}, ${what}`;
    }
  }
}

/** The steps themselves give something else, or are called with something else, when all is done once more. */
export const notTheSame = (
  definition: Definition,
  { what, expected, actual }: OutcomeDifference,
): CrashSweepError => new CrashSweepError(stepsDiffer(placeOf(definition), what, expected, actual));
