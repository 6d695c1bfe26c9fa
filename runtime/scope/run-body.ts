import type { Definition } from '../functions/definitions.ts';
import { decodeInput } from '../functions/input.ts';
import type { StepPolicy } from '../functions/policy.ts';
import type { Backend, Settle } from '../port/backend.ts';
import { handOver, type Run, type TestHooks, within } from '../run/context.ts';
import { conclude } from '../run/outcome.ts';
import { Rejections, watchRejections } from '../run/rejections.ts';
import { encode } from '../values/codec.ts';
import { Scope } from './scope.ts';

class BodyRun implements Run {
  readonly definition: Definition;
  readonly backend: Backend;
  readonly root: Scope;
  readonly stepPolicy: StepPolicy | undefined;
  readonly hooks: TestHooks | undefined;
  readonly startedAt: number;
  readonly rejections: Rejections;
  console: Console | undefined;

  constructor(
    definition: Definition,
    backend: Backend,
    stepPolicy: StepPolicy | undefined,
    hooks: TestHooks | undefined,
  ) {
    this.stepPolicy = stepPolicy;
    this.hooks = hooks;
    this.definition = definition;
    this.backend = backend;
    this.startedAt = backend.now();
    this.rejections = new Rejections(backend.runId);
    this.root = new Scope(this, definition, '');
  }
}

/**
 * Calls the body of a durable function over a backend, from its first line, and reports its outcome once.
 *
 * @param input what it is called on and with, as `encodeInput` wrote it
 * @param stepPolicy what steps do that have no policy of their own
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
  const run = new BodyRun(definition, backend, stepPolicy, hooks);
  const call = (): unknown => {
    if (fn === undefined) throw new TypeError(`"${id}" is called before its module has been evaluated`);
    return handOver(definition, run.root, () => Reflect.apply(fn, receiver, args));
  };
  watchRejections();
  const end: Settle = (outcome) => {
    run.rejections.end();
    settle(outcome);
  };
  conclude(() => within({ place: 'body', run }, call), `run "${backend.runId}"`, classes, encode, end);
}
