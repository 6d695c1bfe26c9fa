import { types } from 'node:util';
import { MisuseError, StepInterruptedError } from '../base/errors.ts';
import type { Definition } from '../functions/definitions.ts';
import { retryDelay, type StepPolicy, timeoutOf } from '../functions/policy.ts';
import type { Attempt, CallRecord, Outcome, StepRequest } from '../port/backend.ts';
import type { AttemptTrace } from '../port/tracing.ts';
import { changedInStep } from '../run/captured-writes.ts';
import { currentContext, StepContext, within } from '../run/context.ts';
import { conclude, deliver } from '../run/outcome.ts';
import { carryOut, type PolicyChain } from '../run/policy-chain.ts';
import { type MadeKind, originalOf, standInFor } from '../run/recreated-objects.ts';
import { countLines } from '../run/replay-safe-console.ts';
import type { Run } from '../run/run.ts';
import { type StepArguments, snapshotOf } from '../run/step-arguments.ts';
import type { Call } from '../run/test-hooks.ts';
import { isForeignPromise, isForeignThenable, keepUnsettled } from '../run/thenables.ts';
import { withinTime } from '../run/time-limit.ts';
import { tracedEnd } from '../run/traced-attempt.ts';
import { Holding } from '../run/used-up-arguments.ts';
import { asWorkflowPromise } from '../run/workflow-promises.ts';
import { checkUsedOnce, noteHeld, showsWork, withoutMembers } from '../run/working-objects.ts';
import { decodeError, encodeResult, usedUpIn, withUsedUp } from '../values/codec.ts';
import { type Beginning, isHanded, isQuiet, isSeveral } from './begun-calls.ts';

type Body = () => unknown;

const NOTHING: StepArguments = { args: [] };

/** The promise for the outcome of a step; `definition` is the durable function whose source the call stands in. */
export function awaitStep(
  run: Run,
  definition: Definition,
  key: string,
  body: Body,
  policy?: StepPolicy,
  given: StepArguments = NOTHING,
): Promise<unknown> {
  return request(
    new StepCall(run, definition, key, substituted(run, definition, key, given, body), given, policy),
  );
}

/**
 * A step that is a whole chain.
 *
 * @param policy of the function that the chain begins with
 * @param how it begins where it isn't awaited; what begins with a function that has a policy is a step in any case
 */
export function chainStep(
  run: Run,
  definition: Definition,
  key: string,
  chain: PolicyChain,
  policy: StepPolicy | undefined,
  given: StepArguments,
  beginning: Beginning | undefined,
): unknown {
  const whole = wholePolicy(run, policy) ?? NONE;
  const isOwn = policy !== undefined;
  const carry = (): unknown =>
    carryOut(chain, whole, isOwn, currentContext() as StepContext, `step "${key}"`);
  if (beginning !== undefined && !isOwn)
    return beginStep(run, definition, key, carry, given, beginning, NONE);
  const body = substituted(run, definition, key, given, carry);
  if (!isOwn) return request(new StepCall(run, definition, key, body, given, NONE));
  return request(new ChainCall(run, definition, key, body, given, policy, chain));
}

/** The policy of steps that may find another one when they are carried out. */
const NONE: StepPolicy = {};

/** The policy of a step: what its function says goes before what the runtime says, option by option. */
const wholePolicy = ({ stepPolicy }: Run, policy: StepPolicy | undefined): StepPolicy | undefined =>
  stepPolicy === undefined ? policy : { ...stepPolicy, ...policy };

function substituted(
  { hooks, backend }: Run,
  definition: Definition,
  key: string,
  { args }: StepArguments,
  body: Body,
  quiet?: Call['quiet'],
): Body {
  if (hooks?.substitute === undefined) return body;
  const call = { runId: backend.runId, definition, key, args };
  try {
    return hooks.substitute(quiet === undefined ? call : { ...call, quiet }, body);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/**
 * A call whose result isn't awaited where it stands. A promise makes it a step that is under way already. An object that
 * may be at work is made again by a replay when it is needed. Anything else is the result of a helper, which is workflow
 * code and is called again on every replay.
 *
 * @throws whatever the call throws before it returns
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
      // Whoever needs the object, it is this call that is made again: under its own key, as the first time.
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
      // Journals of before 0.2 hold nothing of quiet calls.
      // Where it may have called closures, what it holds may be theirs.
      if (!quiet || !mayCallBack(given)) noteHeld(key, result);
      else noteCaller(run, result, beginning);
      if (quiet || !types.isPromise(result)) return result;
      // It was no promise when it was recorded: the backend finds that the code has changed.
      const context = new StepContext(run, key, 1);
      return asWorkflowPromise(
        run,
        request(new BegunStepCall(run, definition, key, body, policy, { context, promise: result, holding })),
      );
    }
    case 'live':
      return callUndecided(run, definition, key, body, given, beginning, policy);
  }
}

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
  // It called compiled closures, whose steps have been recorded one by one.
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
  // What it may still do with closures that it was given is workflow code, as on a replay.
  else context.place = 'body';
  recordCall(context, atWork ? 'made' : quiet ? undefined : 'plain');
  return result;
}

/** What code elsewhere is handed has its rejections looked after there; of all others nobody else may hear of a rejection first. */
function noteCaller({ backend }: Run, result: unknown, beginning: Beginning): void {
  if (isHanded(beginning) && types.isPromise(result)) backend.callsBack?.(result);
}

function requested(call: StepCall, beginning: Beginning): Promise<unknown> {
  const promise = asWorkflowPromise(call.run, request(call));
  if (beginning === 'used') return withoutMembers(call.key, promise);
  // A replay may not call the code that took it, since that is recorded.
  if (isHanded(beginning)) promise.catch(() => {});
  return promise;
}

function recordCall(context: StepContext, record: CallRecord | undefined): void {
  // With the event, so that they are counted if and only if it is recorded.
  countLines(context);
  if (record !== undefined) context.run.backend.recordCall(context.key, record);
}

/** The promise that makes a call a step; undefined if its result is none, or is to be handed on as it is. */
function promiseOf(result: unknown, beginning: Beginning): Promise<unknown> | undefined {
  if (types.isPromise(result)) return isTaken(result, beginning) ? result : undefined;
  // It is at work already, so to wait for it begins nothing.
  const waits = beginning !== 'object' && !isOfHandle(beginning) && isForeignPromise(result);
  return waits ? Promise.resolve(result) : undefined;
}

/** Whether a native promise may be replaced by that of a step: its members aren't used, and to wait for it begins nothing. */
function isTaken(promise: Promise<unknown>, beginning: Beginning): boolean {
  if (beginning === 'start') return true;
  if (promise.then !== Promise.prototype.then) return false;
  return ['maybe', 'handed', 'passed', 'used'].includes(beginning) || Reflect.ownKeys(promise).length === 0;
}

/** What a replay must not make again as long as all that it gave is recorded. */
const mayBeAtWork = (result: unknown, beginning: Beginning): boolean =>
  types.isPromise(result) ||
  isForeignThenable(result) ||
  (isOfHandle(beginning) && hasMethods(result)) ||
  (beginning === 'handed' && showsWork(result));

/** What stands in for the object that a replay needs only perhaps. */
const kindOf = (beginning: Beginning): MadeKind =>
  isOfHandle(beginning) ? 'handle' : isHanded(beginning) ? 'whole' : 'thenable';

/** Whether a call was given a function, or an object with one. */
const mayCallBack = ({ args }: StepArguments): boolean =>
  args.some(
    (arg) =>
      typeof arg === 'function' ||
      (typeof arg === 'object' &&
        arg !== null &&
        Object.values(arg).some((part) => typeof part === 'function')),
  );

const isOfHandle = (beginning: Beginning): boolean => beginning === 'handle' || beginning === 'shared';

/**
 * Whether a call has gone on with a thenable that it was given, or is a method of one: so do query builders. A replay makes
 * it again in its place, because it may change what it was given.
 */
const isBuiltOn = (result: unknown, { args, receiver }: StepArguments): boolean =>
  isForeignThenable(receiver) || [receiver, ...args].some((value) => originalOf(value) === result);

/** Whether a value has members that it shares with others of its class, or functions or promises of its own. */
function hasMethods(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  return (
    !isPlain || Object.values(value).some((member) => typeof member === 'function' || types.isPromise(member))
  );
}

/** What is called from here on, by a step that goes on, is part of a step for sure. */
function wasTouched(context: StepContext): boolean {
  const touched = context.undecided === 'touched';
  context.undecided = undefined;
  return touched;
}

const ambiguous = (key: string): MisuseError =>
  new MisuseError(
    `The call "${key}" isn't awaited, was given functions of the durable function, called them, and returned no ` +
      `promise. Until it returned it could not be told whether they belong to the workflow or to a step. Await the ` +
      `call where it stands, and it is one step; or pass it functions that use no await, clock or console.`,
  );

function request(call: StepCall): Promise<unknown> {
  const { holding } = call;
  holding?.begin();
  return new Promise((resolve, reject) => {
    call.run.backend.step(call, (outcome) => {
      holding?.end(usedUpIn(outcome.value));
      deliver(outcome, call.definition.classes, resolve, reject, call.key);
    });
  });
}

/** One step, as the backend carries it out. */
class StepCall implements StepRequest {
  readonly run: Run;
  readonly definition: Definition;
  readonly key: string;
  readonly holding: Holding | undefined;
  readonly #body: Body;
  readonly #given: StepArguments;
  readonly #policy: StepPolicy | undefined;
  /** The attempt that is under way. */
  #context: StepContext | undefined;

  constructor(
    run: Run,
    definition: Definition,
    key: string,
    body: Body,
    given: StepArguments,
    policy?: StepPolicy,
    holding = Holding.of(run, key, given),
  ) {
    this.run = run;
    this.definition = definition;
    this.key = key;
    this.holding = holding;
    this.#body = body;
    this.#given = given;
    this.#policy = wholePolicy(run, policy);
  }

  get atMostOnce(): boolean {
    return this.#policy?.atMostOnce === true;
  }

  execute(attempt: number, done: (attempt: Attempt) => void): void {
    const context = new StepContext(this.run, this.key, attempt);
    const body = (): unknown => within(context, () => assimilate(this.#body()));
    const { trace } = this.run.backend;
    if (trace === undefined) this.attempt(context, body, done);
    else this.#trace(trace.attempt(this.key, attempt), context, body, done);
  }

  #trace(trace: AttemptTrace, context: StepContext, body: Body, done: (attempt: Attempt) => void): void {
    this.attempt(context, () => trace.within(body), tracedEnd(trace, this.definition.classes, done));
  }

  given(): string | undefined {
    return snapshotOf(this.#given);
  }

  abort(error: Outcome): void {
    let reason: unknown;
    try {
      reason = decodeError(error.value, this.definition.classes);
    } catch (unreadable) {
      reason = unreadable;
    }
    this.#context?.abort(reason);
  }

  forget(): void {
    for (const timer of this.#context?.limits ?? []) timer.unref();
  }

  protected attempt(context: StepContext, body: Body, settle: (attempt: Attempt) => void): void {
    const { holding } = this;
    const done =
      holding === undefined
        ? settle
        : (attempt: Attempt) => settle({ ...attempt, value: withUsedUp(attempt.value, holding.usedUp()) });
    this.#context = context;
    const policy = this.#policy;
    const what = `step "${this.key}"`;
    const { classes } = this.definition;
    if (policy === undefined) return conclude(body, what, classes, encodeResult, done);
    const limited = (): unknown => {
      const result = body();
      const timeout = timeoutOf(context.policy ?? policy);
      const isFree = timeout === undefined || (context.chain !== undefined && this.#isHeadOnly(context));
      return isFree ? result : withinTime(result, timeout, context, what);
    };
    conclude(limited, what, classes, encodeResult, done, (error) => {
      const { chain } = context;
      if (chain?.failed === true) return chain.retryIn;
      if (chain !== undefined && this.#isHeadOnly(context)) return undefined;
      return retryDelay(context.policy ?? policy, error, context.attempt, this.run.hooks?.random);
    });
  }

  /** The policy is that of a function: not for what a chain does with the outcome of its call. */
  #isHeadOnly(context: StepContext): boolean {
    return this.ownPolicy || context.policy !== undefined;
  }

  protected get ownPolicy(): boolean {
    return false;
  }
}

/** A step that is a chain, which begins with a function that has a policy. */
class ChainCall extends StepCall {
  readonly #chain: PolicyChain;

  constructor(
    run: Run,
    definition: Definition,
    key: string,
    body: Body,
    given: StepArguments,
    policy: StepPolicy,
    chain: PolicyChain,
  ) {
    super(run, definition, key, body, given, policy);
    this.#chain = chain;
  }

  protected override get ownPolicy(): boolean {
    return true;
  }

  /** The call is not made again, and the rest of the chain learns of that. */
  afterInterruption(done: (outcome: Outcome) => void): void {
    const { run, key, definition } = this;
    const lost = Promise.reject(new StepInterruptedError(key));
    lost.catch(() => {});
    const rest = (): unknown => {
      try {
        return this.#chain.link(lost);
      } catch {
        // The chain doesn't go on from a promise.
        return lost;
      }
    };
    const body = (): unknown => within(new StepContext(run, key, 1), rest);
    conclude(body, `step "${key}"`, definition.classes, encodeResult, done);
  }
}

/** A first attempt that is under way. */
interface Begun {
  readonly context: StepContext;
  readonly promise: Promise<unknown>;
  readonly trace?: AttemptTrace | undefined;
  readonly holding: Holding | undefined;
}

/** A step whose first attempt is under way when the backend hears of it. */
class BegunStepCall extends StepCall {
  readonly #outcome: Promise<Attempt>;

  constructor(
    run: Run,
    definition: Definition,
    key: string,
    body: Body,
    policy: StepPolicy | undefined,
    { context, promise, trace, holding }: Begun,
  ) {
    super(run, definition, key, body, NOTHING, policy, holding);
    // Its rejection is taken care of at once, though a replay may ask for it later.
    this.#outcome = new Promise((done) =>
      this.attempt(
        context,
        () => promise,
        trace === undefined ? done : tracedEnd(trace, definition.classes, done),
      ),
    );
  }

  override given(): undefined {}

  override execute(attempt: number, done: (attempt: Attempt) => void): void {
    if (attempt === 1) void this.#outcome.then(done);
    else super.execute(attempt, done);
  }
}

/** What `await` makes of a result: a thenable is asked for its outcome while the step's context is the current one. */
function assimilate(result: unknown): unknown {
  return typeof result === 'object' && result !== null ? Promise.resolve(result) : result;
}
