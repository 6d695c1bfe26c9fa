import { MisuseError } from '../base/errors.ts';
import { argumentOfRetryUnknown } from '../base/messages/steps.ts';
import type { Definition } from '../functions/definition.ts';
import { retryDelay, type StepPolicy, timeoutOf } from '../functions/policy.ts';
import type { Attempt, Outcome, StepRequest } from '../port/backend.ts';
import type { AttemptTrace } from '../port/tracing.ts';
import { StepContext, within } from '../run/context.ts';
import { conclude, deliver } from '../run/outcome.ts';
import type { Run } from '../run/run.ts';
import { type StepArguments, snapshotOf } from '../run/step-arguments.ts';
import type { Call } from '../run/test-hooks.ts';
import { withinTime } from '../run/time-limit.ts';
import { tracedEnd } from '../run/traced-attempt.ts';
import { Holding } from '../run/used-up-arguments.ts';
import { decodeError, encodeResult, usedUpIn, withUsedUp } from '../values/codec.ts';

/** What a step calls. */
export type Body = () => unknown;

/** No arguments are known. */
export const NOTHING: StepArguments = { args: [] };

/** Asks the backend for the step. The promise settles with the recorded outcome. */
export function requestStep(call: StepCall): Promise<unknown> {
  const { holding } = call;
  holding?.begin();
  return new Promise((resolve, reject) => {
    call.run.backend.step(call, (outcome) => {
      holding?.end(usedUpIn(outcome.value));
      deliver(outcome, call.definition.classes, resolve, reject, call.key);
    });
  });
}

/** One step, as the backend executes it. */
export class StepCall implements StepRequest {
  readonly run: Run;
  readonly definition: Definition;
  readonly key: string;
  /** Arguments that the step uses up, such as streams. */
  readonly holding: Holding | undefined;
  readonly #body: Body;
  readonly #given: StepArguments;
  readonly #policy: StepPolicy | undefined;
  /** Whether it is known what the attempts before the next one have used up. */
  #isUseKnown = false;
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
    const isLost = attempt > 1 && !this.#isUseKnown && this.holding?.hasFresh === true;
    const body = (): unknown => {
      if (isLost) throw new MisuseError(argumentOfRetryUnknown(this.key, attempt));
      return within(context, () => assimilate(this.#body()));
    };
    const { trace } = this.run.backend;
    if (trace === undefined) this.attempt(context, body, done);
    else this.#trace(trace.attempt(this.key, attempt), context, body, done);
  }

  #trace(trace: AttemptTrace, context: StepContext, body: Body, done: (attempt: Attempt) => void): void {
    this.attempt(context, () => trace.within(body), tracedEnd(trace, this.definition.classes, done));
  }

  attemptFailed(value: string): void {
    this.#isUseKnown = true;
    this.holding?.useUp(usedUpIn(value));
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
    this.#isUseKnown = true;
    const { holding } = this;
    const done =
      holding === undefined
        ? settle
        : (attempt: Attempt) => settle({ ...attempt, value: withUsedUp(attempt.value, holding.usedUp()) });
    this.#context = context;
    context.holding = holding;
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

  /** The policy belongs to a function, so it covers the call of that function, not the rest of its chain. */
  #isHeadOnly(context: StepContext): boolean {
    return this.ownPolicy || context.policy !== undefined;
  }

  /** The policy belongs to the function that the step calls. */
  protected get ownPolicy(): boolean {
    return false;
  }
}

/** Calls the `then` of a thenable at once, while the context of the step is the current one. */
function assimilate(result: unknown): unknown {
  return typeof result === 'object' && result !== null ? Promise.resolve(result) : result;
}

/** The policy of a step. Options of its function override those of the runtime, one by one. */
export const wholePolicy = ({ stepPolicy }: Run, policy: StepPolicy | undefined): StepPolicy | undefined =>
  stepPolicy === undefined ? policy : { ...stepPolicy, ...policy };

/** The body that a test puts in place of the call; else the call itself. */
export function substituted(
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
