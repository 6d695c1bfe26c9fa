/** The words in which a sweep says what it has found. */
import { type Definition, findDefinition } from '../../functions/definitions.ts';
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
    [
      `crashSweep: ${placeOf(definition)} does something else after a crash: ${what}.`,
      `  the crash:         ${when}`,
      `  without the crash: ${expected}`,
      `  after the crash:   ${actual}`,
      ...reads.map((read) => `  read in between:   ${read.what} (${read.place})`),
      'What differs from one execution to the next is usually state outside of the function (a variable of the module, a ' +
        'cache), the environment, the time or chance in a helper, a value that a step has changed in place, an object that ' +
        'steps read on in (a cursor, an iterator), or a promise that no step made.',
    ].join('\n'),
  );
}

/** What is outside has changed though no step was called. */
export function leaks(
  definition: Definition,
  { what, expected, actual }: OutcomeDifference,
  when: string,
): CrashSweepError {
  return new CrashSweepError(
    [
      `crashSweep: ${placeOf(definition)} has an effect outside of its steps: ${what}.`,
      `  the crash:         ${when}`,
      `  without the crash: ${expected}`,
      `  after the crash:   ${actual}`,
      'What a durable function does outside of steps is done again on every replay. Put it into a step: await it where it ' +
        'is called, or write step(() => ...).',
    ].join('\n'),
  );
}

/** @param step a description of the step, if it is known */
export function notTwice(
  definition: Definition,
  step: string | undefined,
  { what, expected, actual }: OutcomeDifference,
): CrashSweepError {
  const which = step === undefined ? 'steps that together' : `a step that`;
  return new CrashSweepError(
    [
      `crashSweep: ${placeOf(definition)} has ${which} can't be called twice: ${what}.`,
      ...(step === undefined ? [] : [`  the step:     ${step}`]),
      `  called once:  ${expected}`,
      `  called twice: ${actual}`,
      'A process that dies before the outcome of a step is recorded calls it again. Make it idempotent, by ' +
        'currentStep().idempotencyKey, which is the same in both calls; or let it be called at most once, with the policy ' +
        '{ atMostOnce: true }.',
    ].join('\n'),
  );
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
): CrashSweepError =>
  new CrashSweepError(
    [
      `crashSweep: ${placeOf(definition)} does something else each time that its steps are called: ${what}.`,
      `  the first time:  ${expected}`,
      `  the second time: ${actual}`,
      'With callSteps, a step must give the same whenever it is called with the same. Bring what is outside back in the ' +
        'option reset, what modules hold in the option restart, and put other calls in the place of steps that depend on ' +
        'the clock or on chance: steps: { charge: () => ... }.',
    ].join('\n'),
  );
