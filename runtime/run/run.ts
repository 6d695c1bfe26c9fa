import type { WebConsole } from '../base/web-types.ts';
import type { Definition } from '../functions/definition.ts';
import type { RootScope } from '../functions/durable-scope.ts';
import type { StepPolicy } from '../functions/policy.ts';
import type { Backend } from '../port/backend.ts';
import type { TestHooks } from './test-hooks.ts';
import { UnhandledRejections } from './unhandled-rejections.ts';

/** One run while its code executes: what all its scopes share. */
export class Run {
  readonly definition: Definition;
  readonly backend: Backend;
  readonly root: RootScope;
  /** The policy of steps that have none of their own. */
  readonly stepPolicy: StepPolicy | undefined;
  readonly hooks: TestHooks | undefined;
  /** When it was started, ms since the epoch. */
  readonly startedAt: number;
  readonly rejections: UnhandledRejections;
  /** Its console, once the code has used it. */
  console: WebConsole | undefined;

  /** @param openRoot makes the scope of the function's body */
  constructor(
    definition: Definition,
    backend: Backend,
    stepPolicy: StepPolicy | undefined,
    hooks: TestHooks | undefined,
    openRoot: (run: Run) => RootScope,
  ) {
    this.definition = definition;
    this.backend = backend;
    this.stepPolicy = stepPolicy;
    this.hooks = hooks;
    this.startedAt = backend.now();
    this.rejections = new UnhandledRejections(backend.runId);
    this.root = openRoot(this);
  }
}
