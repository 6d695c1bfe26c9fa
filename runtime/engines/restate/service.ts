import { randomBytes } from 'node:crypto';
import { MisuseError, StoreError } from '../../base/errors.ts';
import { serviceNestedInOther } from '../../base/messages/restate.ts';
import type { Definition } from '../../functions/definition.ts';
import type { StepPolicy } from '../../functions/policy.ts';
import type { Outcome } from '../../port/backend.ts';
import { failure } from '../../run/outcome.ts';
import { runBody } from '../../scope/run-body.ts';
import { RestateBackend, type RunFacts } from './backend.ts';
import { toTerminalError } from './errors.ts';
import { cancel, complete, RUN_STATE, type RunState, signal } from './handlers.ts';
import { currentInput } from './input.ts';
import { describeJournalMismatch } from './mismatch.ts';
import type { RunContext, Sdk, WorkflowOptions } from './sdk.ts';
import { argumentsOf, JSON_TEXT, limited, TEXT, toJson } from './wire.ts';

/** What all services of an endpoint share. */
export interface ServiceSettings {
  readonly limit: number;
  readonly steps: StepPolicy | undefined;
  readonly workflow: WorkflowOptions | undefined;
  readonly serviceOf: RunFacts['serviceOf'];
}

/** The engine's error code for a journal that doesn't fit. */
const JOURNAL_MISMATCH = 570;

/**
 * The Restate workflow of a durable function. Its key is the id of the run, so that a run is started only once. Its handlers
 * beside `run` receive signals, completed callbacks and cancellation.
 */
export function makeService(sdk: Sdk, name: string, definition: Definition, settings: ServiceSettings) {
  const { workflow, shared } = sdk.handlers.workflow;
  const body = { input: TEXT, accept: '*/*', output: JSON_TEXT };
  // They poll the state, and need its present value each time.
  const asked = { ...body, enableLazyState: true };
  return sdk.workflow({
    name,
    handlers: {
      run: workflow({ ...body, explicitCancellation: true }, (ctx, text: string) =>
        carryOut(ctx as RunContext, sdk, name, definition, settings, text),
      ),
      signal: shared(asked, (ctx, text: string) => signal(ctx, sdk, text)),
      complete: shared(asked, (ctx, text: string) => complete(ctx, sdk, text)),
      cancel: shared(asked, (ctx, text: string) => cancel(ctx, sdk, text)),
    },
    options: {
      ...DEFAULTS,
      ...settings.workflow,
      hooks: [
        ({ request }) => ({ interceptor: { handler: explaining(request.target.key ?? '', definition) } }),
        ...(settings.workflow?.hooks ?? []),
      ],
    },
  });
}

/** A step may run an hour after the server has asked to suspend its run. */
const DEFAULTS: WorkflowOptions = { abortTimeout: { hours: 1 }, workflowRetention: { days: 30 } };

async function carryOut(
  ctx: RunContext,
  sdk: Sdk,
  service: string,
  definition: Definition,
  { limit, steps, serviceOf }: ServiceSettings,
  text: string,
): Promise<string> {
  const { classes } = definition;
  const refuse = (error: Error): never => {
    throw toTerminalError(sdk, failure(error).value);
  };
  const seen = currentInput();
  if (seen === undefined) return refuse(new MisuseError(serviceNestedInOther()));
  const begun = await ctx.run('start', begin, { serde: TEXT });
  const { at, seed } = JSON.parse(begun) as { at: number; seed: string };
  ctx.set<RunState>(RUN_STATE, { seed, invocation: ctx.request().id });
  const backend = new RestateBackend(ctx, sdk, seen, { service, seed, at, limit, serviceOf });
  let ending: Outcome;
  try {
    const input = argumentsOf(text);
    ending = await backend.drive((settle) => runBody(definition, backend, input, settle, steps));
  } catch (error) {
    // These are the caller's mistakes. All others may be missing classes or functions, which another deployment may have.
    if (!(error instanceof MisuseError || error instanceof StoreError)) throw error;
    ending = failure(error);
  }
  ctx.set<RunState>(RUN_STATE, { ended: true });
  const { ok, value } = limited(ending, `${ending.ok ? 'result' : 'error'} of run "${ctx.key}"`, limit);
  if (!ok) throw toTerminalError(sdk, value, classes);
  return toJson(value);
}

/** When the run was started, and the secret seed of its randomness and its tokens. */
const begin = (): string => JSON.stringify({ at: Date.now(), seed: randomBytes(16).toString('hex') });

/** Prints our text beside that of the engine when a journal doesn't fit the code. */
function explaining(runId: string, definition: Definition): (next: () => Promise<void>) => Promise<void> {
  return async (next) => {
    try {
      await next();
    } catch (error) {
      if ((error as { code?: unknown }).code === JOURNAL_MISMATCH) {
        console.error(String(describeJournalMismatch(runId, definition, String(error))));
      }
      throw error;
    }
  };
}
