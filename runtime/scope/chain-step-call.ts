import { StepInterruptedError } from '../base/errors.ts';
import type { Definition } from '../functions/definition.ts';
import type { StepPolicy } from '../functions/policy.ts';
import type { Outcome } from '../port/backend.ts';
import { StepContext, within } from '../run/context.ts';
import { conclude } from '../run/outcome.ts';
import type { PolicyChain } from '../run/policy-chain.ts';
import type { Run } from '../run/run.ts';
import type { StepArguments } from '../run/step-arguments.ts';
import { encodeResult } from '../values/codec.ts';
import { type Body, StepCall } from './step-call.ts';

/** A step that is a chain of calls. Its first call is a function that has a policy. */
export class ChainStepCall extends StepCall {
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

  /** The first call is not repeated. The rest of the chain gets a rejected promise in its place. */
  afterInterruption(done: (outcome: Outcome) => void): void {
    const { run, key, definition } = this;
    const lost = Promise.reject(new StepInterruptedError(key));
    lost.catch(() => {});
    const rest = (): unknown => {
      try {
        return this.#chain.link(lost);
      } catch {
        // The next link needs another value than a promise.
        return lost;
      }
    };
    const body = (): unknown => within(new StepContext(run, key, 1), rest);
    conclude(body, `step "${key}"`, definition.classes, encodeResult, done);
  }
}
