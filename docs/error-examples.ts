/** An error and a warning for each code, as they are at run time. */

import type { ErrorCode, WarningCode } from '../runtime/base/codes.ts';
import { parseDuration } from '../runtime/base/durations.ts';
import * as errors from '../runtime/base/errors.ts';
import { lambdaWaitTooLong, operationTooLarge } from '../runtime/base/messages/aws.ts';
import { neverCompiled } from '../runtime/base/messages/not-compiled.ts';
import { callbackOfEndedRun, restateRefused, serverUnreachable } from '../runtime/base/messages/restate.ts';
import { crashLoop, handlingThrew } from '../runtime/base/messages/runs.ts';
import { tookTooLong } from '../runtime/base/messages/steps.ts';
import { differsAfterCrash, sweepStandsStill } from '../runtime/base/messages/testing.ts';
import { valueRefused } from '../runtime/base/messages/values.ts';
import * as warnings from '../runtime/base/messages/warnings.ts';
import { NotJsonError } from '../runtime/http/plain-json.ts';
import { CrashSweepError, NeverError } from '../runtime/testing/runtime/errors.ts';

const RUN = 'order-4711';
const FN = '@shop/orders/src/order.ts#fulfil';

export const errorExamples: Readonly<Record<ErrorCode, errors.DurableError>> = {
  // The text depends on the tool that runs it, which isn't the same for the page and for its test.
  NOT_COMPILED: Object.assign(new errors.NotCompiledError(''), {
    message: neverCompiled('The function "fulfil"', 'compiler'),
  }),
  NOT_SERIALIZABLE: new errors.SerializationError(
    valueRefused('result of step `connect`', 'result.socket', 'is a Socket.'),
    'result.socket',
  ),
  NON_DETERMINISM: new errors.NonDeterminismError(
    RUN,
    [
      `Run "${RUN}" of ${FN} (src/order.ts:12) can't resume: its journal doesn't fit the code.`,
      '  recorded: event 2 is the outcome of step "charge" (src/order.ts:15)',
      '  the code: asks for step "reserve" (src/order.ts:14)',
    ].join('\n'),
  ),
  UNKNOWN_FUNCTION: new errors.UnknownFunctionError(RUN, FN),
  CRASH_LOOP: new errors.CrashLoopError(
    RUN,
    crashLoop(
      errors.CrashLoopError.about(RUN),
      5,
      FN,
      2,
      'step "charge" (src/order.ts:15) was under way',
      JSON.stringify(RUN),
    ),
  ),
  RUN_CONFLICT: new errors.RunConflictError(RUN, FN, '@shop/orders/src/refund.ts#refund'),
  DUPLICATE_FUNCTION: new errors.DuplicateFunctionError(FN, 'src/order.ts:12', 'src/old/order.ts:9'),
  MISUSE: thrownBy(() => parseDuration('5 moons' as '5 s')),
  FATAL: new errors.FatalError('The card 4711 does not exist.'),
  CANCELLED: new errors.CancelledError('the customer called'),
  TIMEOUT: new errors.TimeoutError(tookTooLong('step "charge"', 30_000)),
  STEP_INTERRUPTED: new errors.StepInterruptedError('charge'),
  CALLBACK: new errors.CallbackError(callbackOfEndedRun()),
  UNSUPPORTED: new errors.UnsupportedError(lambdaWaitTooLong('sleep')),
  LIMIT: new errors.LimitError(operationTooLarge('result of step "export"', '900 KB', '256 KB')),
  ENGINE_MISSING: new errors.EngineMissingError('@restatedev/restate-sdk'),
  ENGINE_UNREACHABLE: new errors.EngineUnreachableError(
    serverUnreachable('http://localhost:8080', 'ECONNREFUSED'),
  ),
  RESTATE: new errors.DurableError('RESTATE', restateRefused(404, 'a start', 'service not found')),
  STORE: errors.storeError('runs.db', new Error('database or disk is full')),
  LEASE_LOST: new errors.LeaseLostError(RUN),
  RUNTIME_CLOSED: new errors.RuntimeClosedError(),
  HANDLING: new errors.DurableError('HANDLING', handlingThrew(RUN, FN, 'Error: oops')),
  INCOMPATIBLE_COPIES: new errors.IncompatibleCopiesError(
    { version: '0.2.0', path: 'node_modules/use-durable/dist/runtime/base/process-state.js' },
    {
      version: '0.9.0',
      path: 'node_modules/lib/node_modules/use-durable/dist/runtime/base/process-state.js',
    },
  ),
  NOT_JSON: new NotJsonError('result.parent', 'an object that holds itself'),
  NEVER: new NeverError(sweepStandsStill('signal "approve"')),
  CRASH_SWEEP: new CrashSweepError(
    differsAfterCrash(
      'fulfil (src/order.ts:12)',
      'its result differs',
      'after step "charge"',
      '"order 1"',
      '"order 2"',
      [],
    ),
  ),
};

export const warningExamples: Readonly<Record<WarningCode, string>> = {
  USE_DURABLE_BLOCKED: errorExamples.UNKNOWN_FUNCTION.message,
  USE_DURABLE_ERROR_CLASS: warnings.classUnknown('CardError', 'Error'),
  USE_DURABLE_ERROR_PARTS: warnings.errorPartsLost(
    'FetchError',
    'error.request (a ClientRequest)',
    'error.config (a Config)',
  ),
  USE_DURABLE_ERROR_PRIVATE: warnings.errorHasPrivateMembers('CardError', ['balance', 'refund()']),
  USE_DURABLE_HELD_BACK: warnings.runHeldBack(RUN, FN, 2, 0),
  USE_DURABLE_INSTALLED_TWICE: warnings.installedTwice(
    '@shop/orders',
    'node_modules/@shop/orders',
    'node_modules/a/node_modules/@shop/orders',
    FN,
  ),
  USE_DURABLE_LEFT_OUT: warnings.partsLeftOut('result of step `connect`', 'the methods of Client'),
  USE_DURABLE_LISTENER: warnings.listenerThrew('step-ended', RUN, "TypeError: can't read it"),
  USE_DURABLE_MADE_AGAIN: warnings.callMadeAgain('createClient'),
  USE_DURABLE_READ_AGAIN: warnings.readAgain('job.status'),
  USE_DURABLE_MASK: warnings.maskFailed('result', 'TypeError'),
  USE_DURABLE_MEMORY: warnings.noRoomForRun(RUN, FN, 250_000_000),
  USE_DURABLE_NO_ROOM: warnings.waitsForRoom('waitForOther', RUN, 'order-4712'),
  USE_DURABLE_OUTPUT: warnings.outputFailed('Error: write EPIPE'),
  USE_DURABLE_PRIVATE: warnings.instanceHasPrivateMembers('Money', ['add()']),
  USE_DURABLE_RETENTION: warnings.runsNotRemoved(errorExamples.STORE.message),
  USE_DURABLE_STANDSTILL: warnings.testStandsStill(['step "charge" of order-4711']),
  USE_DURABLE_TRACING: warnings.tracingFailed('the exporter is closed'),
  USE_DURABLE_UNHANDLED: warnings.rejectionUnhandled(RUN, 'charge', 'Error: declined'),
  USE_DURABLE_UNRECORDED: warnings.awaitsUnrecorded(RUN, FN, 'src/order.ts:12', 'ready', 'step "charge"'),
};

function thrownBy(call: () => unknown): errors.DurableError {
  try {
    call();
  } catch (error) {
    if (error instanceof errors.DurableError) return error;
    throw error;
  }
  throw new Error('It threw nothing.');
}
