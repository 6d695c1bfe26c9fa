import { bodyBeforeModule } from '../base/messages/runs.ts';
import type { Definition } from '../functions/definition.ts';
import { decodeInput } from '../functions/input.ts';
import type { StepPolicy } from '../functions/policy.ts';
import type { Backend, Settle } from '../port/backend.ts';
import { handOver, within } from '../run/context.ts';
import { conclude } from '../run/outcome.ts';
import { watchRejections } from '../run/rejections.ts';
import { Run } from '../run/run.ts';
import type { TestHooks } from '../run/test-hooks.ts';
import { encode } from '../values/codec.ts';
import { Scope } from './scope.ts';

/**
 * Executes the body of a durable function over a backend, from its first line, and settles once.
 *
 * @param input receiver and arguments, as `encodeInput` wrote them
 * @param stepPolicy the policy of steps that have none of their own
 * @param hooks for tests
 * @throws SerializationError or StoreError if the input can't be read in this process
 */
export function runBody(
  definition: Definition,
  backend: Backend,
  input: string,
  settle: Settle,
  stepPolicy?: StepPolicy,
  hooks?: TestHooks,
): void {
  const { fn, classes, id } = definition;
  const { receiver, args } = decodeInput(definition, input);
  const run = new Run(definition, backend, stepPolicy, hooks, (made) => new Scope(made, definition, ''));
  const call = (): unknown => {
    if (fn === undefined) throw new TypeError(bodyBeforeModule(id));
    return handOver(definition, run.root, () => Reflect.apply(fn, receiver, args));
  };
  watchRejections();
  const end: Settle = (outcome) => {
    run.rejections.end();
    settle(outcome);
  };
  conclude(() => within({ place: 'body', run }, call), `run "${backend.runId}"`, classes, encode, end);
}
