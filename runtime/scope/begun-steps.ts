import { types } from 'node:util';
import { MisuseError } from '../base/errors.ts';
import { callNotAwaited } from '../base/messages/steps.ts';
import type { Definition } from '../functions/definition.ts';
import type { StepPolicy } from '../functions/policy.ts';
import type { CallRecord } from '../port/backend.ts';
import { changedInStep } from '../run/captured-writes.ts';
import { StepContext, within } from '../run/context.ts';
import { standInFor } from '../run/recreated-objects.ts';
import { countLines } from '../run/replay-safe-console.ts';
import type { Run } from '../run/run.ts';
import type { StepArguments } from '../run/step-arguments.ts';
import { keepUnsettled } from '../run/thenables.ts';
import { Holding } from '../run/used-up-arguments.ts';
import { asWorkflowPromise } from '../run/workflow-promises.ts';
import { checkUsedOnce, noteHeld, withoutMembers } from '../run/working-objects.ts';
import { type Beginning, isHanded, isQuiet, isSeveral } from './beginning.ts';
import { isBuiltOn, kindOf, mayBeAtWork, mayCallBack, promiseOf } from './begun-results.ts';
import { BegunStepCall } from './begun-step-call.ts';
import { type Body, requestStep, StepCall, substituted } from './step-call.ts';

/**
 * A call that is not awaited in place. If it returns a promise, it is a step that is under way. If it returns an object that
 * may be at work, a replay repeats the call when it needs the object. Otherwise the call is a helper: workflow code, which each
 * replay calls again.
 *
 * @throws the errors that the call throws before it returns
 * @throws MisuseError if the call returned no promise but called compiled closures, which then ran as parts of a step
 */
export function beginStep(
  run: Run,
  definition: Definition,
  key: string,
  call: Body,
  given: StepArguments,
  beginning: Beginning,
  policy?: StepPolicy,
): unknown {
  const quiet = isQuiet(beginning);
  const state = run.backend.state(key, quiet);
  const known = quiet ? (state === 'live' ? 'unknown' : 'no step') : undefined;
  const body = substituted(run, definition, key, given, call, known);
  switch (state) {
    case 'recorded':
      return requested(new StepCall(run, definition, key, body, given, policy), beginning);
    case 'made': {
      // Any step that needs the object repeats this call, under the key of this call, as the first time.
      const context = new StepContext(run, key, 1);
      const make = (): unknown => {
        const result = within(context, body);
        noteHeld(key, result);
        return result;
      };
      return standInFor(kindOf(beginning), make, key);
    }
    case 'plain': {
      const holding = Holding.of(run, key, given);
      const result = body();
      // Journals from before 0.2 have no events of quiet calls.
      // If the call may have called closures, its result may hold promises of these.
      if (!quiet || !mayCallBack(given)) noteHeld(key, result);
      else noteCaller(run, result, beginning);
      if (quiet || !types.isPromise(result)) return result;
      // The recorded call returned no promise: the backend will find that the code has changed.
      const context = new StepContext(run, key, 1);
      return asWorkflowPromise(
        run,
        requestStep(
          new BegunStepCall(run, definition, key, body, policy, { context, promise: result, holding }),
        ),
      );
    }
    case 'live':
      return callUndecided(run, definition, key, body, given, beginning, policy);
  }
}

/** Executes a call for the first time. Its result decides what it is. */
function callUndecided(
  run: Run,
  definition: Definition,
  key: string,
  body: Body,
  given: StepArguments,
  beginning: Beginning,
  policy: StepPolicy | undefined,
): unknown {
  const quiet = isQuiet(beginning);
  const holding = Holding.of(run, key, given);
  const context = new StepContext(run, key, 1, quiet ? 'open' : 'untouched');
  const trace = run.backend.trace?.attempt(key, 1);
  let result: unknown;
  try {
    result = within(context, trace === undefined ? body : () => trace.within(body));
  } catch (error) {
    if (wasTouched(context)) throw ambiguous(key);
    context.place = 'body';
    recordCall(context, quiet ? undefined : 'plain');
    throw error;
  }
  const touched = wasTouched(context);
  // It called compiled closures, so it is workflow code. Their steps have been recorded one by one.
  if (context.place === 'body') {
    recordCall(context, undefined);
    noteCaller(run, result, beginning);
    return result;
  }
  const promise = promiseOf(result, beginning);
  if (promise !== undefined) {
    if (context.changed !== undefined) {
      promise.catch(() => {});
      throw changedInStep(key, context.changed);
    }
    if (quiet) run.backend.recordCall(key, 'begun');
    return requested(
      new BegunStepCall(run, definition, key, body, policy, { context, promise, trace, holding }),
      beginning,
    );
  }
  if (touched) throw ambiguous(key);
  if (isSeveral(beginning)) checkUsedOnce(key, result, beginning === 'passed');
  noteHeld(key, result);
  const atWork = mayBeAtWork(result, beginning) && !isBuiltOn(result, given);
  if (atWork) keepUnsettled(result);
  // If it calls closures of the body later, that is workflow code, as on a replay.
  else context.place = 'body';
  recordCall(context, atWork ? 'made' : quiet ? undefined : 'plain');
  return result;
}

/** The backend watches promises that go to other code, since that code handles their rejections. To watch others would hide theirs. */
function noteCaller({ backend }: Run, result: unknown, beginning: Beginning): void {
  if (isHanded(beginning) && types.isPromise(result)) backend.callsBack?.(result);
}

function requested(call: StepCall, beginning: Beginning): Promise<unknown> {
  const promise = asWorkflowPromise(call.run, requestStep(call));
  if (beginning === 'used') return withoutMembers(call.key, promise);
  // A replay may skip the code that takes the promise, and then nothing else handles a rejection.
  if (isHanded(beginning)) promise.catch(() => {});
  return promise;
}

function recordCall(context: StepContext, record: CallRecord | undefined): void {
  // Counted with the event, so that the lines are recorded if and only if the event is.
  countLines(context);
  if (record !== undefined) context.run.backend.recordCall(context.key, record);
}

/** Ends the undecided phase of a call: closures that it calls from now on are parts of the step. */
function wasTouched(context: StepContext): boolean {
  const touched = context.undecided === 'touched';
  context.undecided = undefined;
  return touched;
}

const ambiguous = (key: string): MisuseError => new MisuseError(callNotAwaited(key));
