/** Calls in the body of a durable function. `classify` decides whether a call is performed as a step or as workflow code. */
import { assertFunction, shownName } from '../functions/callee.ts';
import { calledBy, classify, takesCallbacks } from '../functions/classify.ts';
import type { AnyFunction, Definition } from '../functions/definition.ts';
import { policyOf } from '../functions/policy.ts';
import { primitiveOf } from '../functions/primitive-tags.ts';
import { handOver, insideStep } from '../run/context.ts';
import { withDeadlines } from '../run/deadlines.ts';
import { recordedOutcome } from '../run/outside-promises.ts';
import { type Reading, readingOf } from '../run/read-positions.ts';
import { originalOf, originalsIn } from '../run/recreated-objects.ts';
import { isReplaySafe } from '../run/replay-safe-console.ts';
import type { StepArguments } from '../run/step-arguments.ts';
import { isForeignThenable } from '../run/thenables.ts';
import { asWorkflowPromise } from '../run/workflow-promises.ts';
import { checkHeld } from '../run/working-objects.ts';
import { type Beginning, isQuiet } from './beginning.ts';
import { beginStep } from './begun-steps.ts';
import {
  checkCallback,
  checkTimers,
  handedTo,
  inBody,
  isScheduler,
  rememberScheduler,
} from './closure-schedulers.ts';
import { resumable } from './iteration.ts';
import type { ScopeContext } from './place.ts';
import { awaitStep } from './steps.ts';
import { versionIn } from './versions.ts';
import { deadlineAfter, performPrimitive } from './waits.ts';

/** Whether a call is awaited in place, or how it begins otherwise. */
export type How = Beginning | 'await';

/** A call of any function, by its id. */
export function performCall(
  place: ScopeContext,
  id: string,
  fn: unknown,
  receiver: unknown,
  args: readonly unknown[],
  how: How,
): unknown {
  assertFunction(id, fn, place.definition);
  const called = calledBy(fn, receiver, args);
  if (called !== undefined) return performCall(place, id, called.fn, called.receiver, called.args, how);
  const kind = classify(fn, receiver);
  if (kind === 'foreign') {
    return isScheduler(place.run, fn, receiver)
      ? scheduleCall(place, id, fn, receiver, args)
      : performForeign(place, id, fn, receiver, args, how);
  }
  const given = withDeadlines(args, ({ id: site, ms }) => deadlineAfter(place, site, ms, false));
  const result = asWorkflowPromise(place.run, callInline(place, id, kind, fn, receiver, given));
  return how === 'await' ? settle(place, id, result) : result;
}

function performForeign(
  place: ScopeContext,
  id: string,
  fn: AnyFunction,
  receiver: unknown,
  args: readonly unknown[],
  how: How,
): unknown {
  const primitive = primitiveOf(fn);
  if (primitive !== undefined) return performPrimitive(place, id, primitive, args);
  const policy = policyOf(fn);
  const reading = readingBy(id, fn, receiver);
  const call = (): unknown =>
    reading ? reading.read(args) : Reflect.apply(fn, originalOf(receiver), originalsIn(args));
  if (how !== 'await' && isQuiet(how) && isReplaySafe(fn)) return call();
  for (const arg of args) checkHeld(arg);
  const given = { args, receiver, uses: place.variables };
  const result =
    policy === undefined
      ? recordCall(place, id, call, how, given)
      : asWorkflowPromise(
          place.run,
          awaitStep(place.run, place.definition, place.keys.site(id), call, policy, given),
        );
  reading?.asked();
  return result;
}

/** Calls workflow code. */
export function callInline(
  place: ScopeContext,
  id: string,
  kind: 'inline' | Definition,
  fn: AnyFunction,
  receiver: unknown,
  args: readonly unknown[],
): unknown {
  if (kind !== 'inline') {
    const version = versionIn(place.run, kind);
    // In an older version it has another name, but the same receiver.
    const code = version === kind ? fn : version.callable!;
    return handOver(version, place.enter(id, version), () => Reflect.apply(code, receiver, args));
  }
  const given = takesCallbacks(fn) ? args.map((arg) => callbackOf(place, id, arg, true, 'start')) : args;
  return Reflect.apply(fn, receiver, given);
}

/** Makes a call a step. */
export function recordCall(
  place: ScopeContext,
  id: string,
  body: () => unknown,
  how: How,
  given: StepArguments,
): unknown {
  const key = place.keys.site(id);
  return how === 'await'
    ? awaitStep(place.run, place.definition, key, body, undefined, given)
    : beginStep(place.run, place.definition, key, body, given, how);
}

/**
 * A function passed as a value to workflow code that calls it: a foreign one becomes a call under this id each time.
 *
 * @param settled what it returns is awaited next
 */
export function callbackOf(
  place: ScopeContext,
  id: string,
  fn: unknown,
  settled: boolean,
  beginning: Beginning,
): unknown {
  if (typeof fn !== 'function' || insideStep() || classify(fn as AnyFunction, undefined) === 'inline')
    return fn;
  return function (this: unknown, ...args: unknown[]): unknown {
    if (insideStep()) return Reflect.apply(fn, this, args);
    const result = performCall(place, id, fn, this, args, beginning);
    return settled ? settle(place, id, result) : result;
  };
}

/**
 * What `await` does with a value that was made in the function: a foreign thenable becomes a step, since awaiting it starts
 * its work.
 *
 * @param wait how it is awaited
 */
export function settle(
  place: ScopeContext,
  id: string,
  value: unknown,
  wait = (): unknown => value,
): unknown {
  checkHeld(value);
  if (!isForeignThenable(value)) return recordedOutcome(place.run, value, id) ?? value;
  return asWorkflowPromise(place.run, awaitStep(place.run, place.definition, place.keys.site(id), wait));
}

/** How a call reads on in its receiver. */
export const readingBy = (id: string, fn: AnyFunction, receiver: unknown): Reading | undefined =>
  receiver === undefined ? undefined : readingOf(id, fn, receiver);

/** Calls a function that schedules closures, as workflow code: see `closure-schedulers.ts`. */
export function scheduleCall(
  place: ScopeContext,
  id: string,
  fn: unknown,
  receiver: unknown,
  args: readonly unknown[],
): unknown {
  const name = shownName(id, place.definition);
  assertFunction(id, fn, place.definition);
  if (insideStep()) return Reflect.apply(fn, receiver, args);
  checkTimers(name, fn, receiver, args);
  const handed = handedTo(name, args, {
    fn: (given) => scheduled(place, id, given),
    iterable: (given) => iterationOf(place, given),
  });
  return asWorkflowPromise(place.run, rememberScheduler(place.run, Reflect.apply(fn, receiver, handed)));
}

/** A function that a scheduler may call. */
function scheduled(place: ScopeContext, id: string, fn: AnyFunction): AnyFunction {
  if (isScheduler(place.run, fn)) return fn;
  if (classify(fn, undefined) === 'inline') return inBody(fn);
  const step = callbackOf(place, id, fn, false, 'maybe') as AnyFunction;
  const checked = function (this: unknown, ...args: unknown[]): unknown {
    checkCallback(id, fn, args);
    return Reflect.apply(step, this, args);
  };
  const kind: unknown = Reflect.get(fn, Symbol.toStringTag);
  if (kind !== undefined) Object.defineProperty(checked, Symbol.toStringTag, { value: kind });
  return inBody(checked);
}

/** What `for await` and the like go over; see `resumable`. */
export const iterationOf = (place: ScopeContext, iterable: unknown, text?: string): unknown =>
  resumable(iterable, (value) => settle(place, 'for await', value), text);
