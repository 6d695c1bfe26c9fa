import type { Definition } from '../functions/definition.ts';
import type { StepPolicy } from '../functions/policy.ts';
import { currentContext, type StepContext } from '../run/context.ts';
import { carryOut, type PolicyChain } from '../run/policy-chain.ts';
import type { Run } from '../run/run.ts';
import type { StepArguments } from '../run/step-arguments.ts';
import type { Beginning } from './beginning.ts';
import { beginStep } from './begun-steps.ts';
import { ChainStepCall } from './chain-step-call.ts';
import { type Body, NOTHING, requestStep, StepCall, substituted, wholePolicy } from './step-call.ts';

/** An awaited step. `definition` is the durable function whose source contains the call. */
export function awaitStep(
  run: Run,
  definition: Definition,
  key: string,
  body: Body,
  policy?: StepPolicy,
  given: StepArguments = NOTHING,
): Promise<unknown> {
  return requestStep(
    new StepCall(run, definition, key, substituted(run, definition, key, given, body), given, policy),
  );
}

/**
 * A step that is a whole chain of calls.
 *
 * @param policy of the first function of the chain
 * @param beginning if the chain is not awaited; a chain whose first function has a policy is a step all the same
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
  if (!isOwn) return requestStep(new StepCall(run, definition, key, body, given, NONE));
  return requestStep(new ChainStepCall(run, definition, key, body, given, policy, chain));
}

/** For steps that may find a policy while they are executed: that of a function which they get from a call. */
const NONE: StepPolicy = {};
