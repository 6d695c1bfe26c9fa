import { randomBytes } from 'node:crypto';
import { MisuseError, NonDeterminismError, StoreError } from '../../base/errors.ts';
import type { Definition } from '../../functions/definitions.ts';
import type { StepPolicy } from '../../functions/policy.ts';
import type { Outcome } from '../../port/backend.ts';
import { failure } from '../../run/outcome.ts';
import { runBody } from '../../scope/run-body.ts';
import { RestateBackend, type RunFacts } from './backend.ts';
import { toTerminalError } from './errors.ts';
import { cancel, complete, RUN_STATE, type RunState, signal } from './handlers.ts';
import { currentInput } from './input.ts';
import type { RunContext, Sdk, WorkflowOptions } from './sdk.ts';
import { argumentsOf, JSON_TEXT, limited, TEXT, toJson } from './wire.ts';

/** What all services of an endpoint share. */
export interface ServiceSettings {
  readonly limit: number;
  readonly steps: StepPolicy | undefined;
  readonly workflow: WorkflowOptions | undefined;
  readonly serviceOf: RunFacts['serviceOf'];
}

/** The engine's code for a journal that doesn't fit. */
const JOURNAL_MISMATCH = 570;

/**
 * The workflow that stands for a durable function: its key is the id of the run, so a run is started once however often
 * it is asked for; its handlers beside `run` are what can be done to a run from outside.
 */
export function makeService(sdk: Sdk, name: string, definition: Definition, settings: ServiceSettings) {
  const { workflow, shared } = sdk.handlers.workflow;
  const body = { input: TEXT, accept: '*/*', output: JSON_TEXT };
  // They look at the state again and again, and at each time at what it is then.
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

/** A step may take long without a sign of life: an hour from when the server would like to suspend its run. */
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
  if (seen === undefined)
    return refuse(new MisuseError('A service made by toRestate is served by itself only.'));
  const begun = await ctx.run('start', begin, { serde: TEXT });
  const { at, seed } = JSON.parse(begun) as { at: number; seed: string };
  ctx.set<RunState>(RUN_STATE, { seed, invocation: ctx.request().id });
  const backend = new RestateBackend(ctx, sdk, seen, { service, seed, at, limit, serviceOf });
  let ending: Outcome;
  try {
    const input = argumentsOf(text);
    ending = await backend.drive((settle) => runBody(definition, backend, input, settle, steps));
  } catch (error) {
    // Not what the caller sent, but a class or function that this process doesn't know: another deployment may.
    if (!(error instanceof MisuseError || error instanceof StoreError)) throw error;
    ending = failure(error);
  }
  ctx.set<RunState>(RUN_STATE, { ended: true });
  const { ok, value } = limited(ending, `${ending.ok ? 'result' : 'error'} of run "${ctx.key}"`, limit);
  if (!ok) throw toTerminalError(sdk, value, classes);
  return toJson(value);
}

/** When the run was started, and the secret that its randomness and its tokens come from. */
const begin = (): string => JSON.stringify({ at: Date.now(), seed: randomBytes(16).toString('hex') });

/** Says in our words what the engine says in its own when a journal doesn't fit the code. */
function explaining(runId: string, { meta }: Definition): (next: () => Promise<void>) => Promise<void> {
  return async (next) => {
    try {
      await next();
    } catch (error) {
      if ((error as { code?: unknown }).code === JOURNAL_MISMATCH) {
        console.error(String(new NonDeterminismError(runId, describeMismatch(runId, meta, String(error)))));
      }
      throw error;
    }
  };
}

/** @param words of the engine */
const describeMismatch = (runId: string, meta: Definition['meta'], words: string): string =>
  `Run "${runId}" of ${meta.id} (${meta.file}:${meta.line}) can't go on: its journal doesn't fit the code. Most likely ` +
  `the code was changed under the run: deploy changed code under a new address, so that runs which are under way stay ` +
  `with the old one. Nothing is lost: Restate tries it again, and it goes on once code that fits is there. If the code ` +
  `is the same, something in it differs from one execution to the next: state outside the function, the environment, ` +
  `or a promise that no step made. Restate's words:\n${words}`;
