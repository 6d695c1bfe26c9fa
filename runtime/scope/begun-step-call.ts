import type { Definition } from '../functions/definition.ts';
import type { StepPolicy } from '../functions/policy.ts';
import type { Attempt } from '../port/backend.ts';
import type { AttemptTrace } from '../port/tracing.ts';
import type { StepContext } from '../run/context.ts';
import type { Run } from '../run/run.ts';
import { tracedEnd } from '../run/traced-attempt.ts';
import type { Holding } from '../run/used-up-arguments.ts';
import { type Body, NOTHING, StepCall } from './step-call.ts';

/** The first attempt, which is under way. */
interface Begun {
  readonly context: StepContext;
  readonly promise: Promise<unknown>;
  readonly trace?: AttemptTrace | undefined;
  readonly holding: Holding | undefined;
}

/** A step that is requested while its first attempt is under way. */
export class BegunStepCall extends StepCall {
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
    // Its rejection is handled at once, though a replay may execute the step later.
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
