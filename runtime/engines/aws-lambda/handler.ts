import { type Duration, parseSpan } from '../../base/durations.ts';
import { asError } from '../../base/error-text.ts';
import { MisuseError, UnknownFunctionError, UnsupportedError } from '../../base/errors.ts';
import { lambdaFunctionWaitsForSignals, onWaitForNoFunction } from '../../base/messages/aws.ts';
import { checkNames } from '../../base/option-checks.ts';
import type { AnyFunction, Definition } from '../../functions/definition.ts';
import { compiledDefinition, findDefinition, isOf, presentId } from '../../functions/definitions.ts';
import { checkPolicy, type StepPolicy } from '../../functions/policy.ts';
import type { Outcome } from '../../port/backend.ts';
import { failure } from '../../run/outcome.ts';
import { runBody } from '../../scope/run-body.ts';
import { decode, decodeError, encode } from '../../values/codec.ts';
import { describeError } from './calls.ts';
import { errorEnvelope, readCall, valueEnvelope } from './envelopes.ts';
import { LambdaRun, type RunSettings } from './execution.ts';
import { LIMITS, payloadTooLarge, sizeOf } from './limits.ts';
import { Operations } from './operations.ts';
import { checkJson } from './result.ts';
import {
  type DurableContext,
  type DurableExecutionClient,
  type DurableExecutionInvocationInput,
  type DurableExecutionInvocationOutput,
  type DurableInstrumentationPlugin,
  type LambdaSdk,
  loadSdk,
} from './sdk.ts';
import { WatchedClient } from './watch.ts';

/** What Lambda deploys. */
export type LambdaHandler = (
  event: DurableExecutionInvocationInput,
  // biome-ignore lint/suspicious/noExplicitAny: Lambda's context, whose types are a package of their own
  context: any,
) => Promise<DurableExecutionInvocationOutput>;

export interface LambdaOptions {
  /** What steps do that have no policy of their own; default: nothing is tried again. */
  readonly stepPolicy?: StepPolicy;
  /**
   * Passes the token of a `waitFor(name)` to the sender of the signal. Called in a step, once the wait has begun. The signal is
   * sent by completing the callback with that token (`SendDurableExecutionCallbackSuccess`).
   */
  readonly onWaitFor?: (name: string, token: string, run: { readonly id: string }) => unknown;
  /**
   * Which Lambda functions run the durable functions given to `startChild`, by their ids, or by their names where no other
   * function has that name: ARNs with version or alias.
   */
  readonly functions?: Readonly<Record<string, string>>;
  /** Part of the random seed of all runs, so that the ARN of an execution is not enough to predict its UUIDs. */
  readonly secret?: string;
  /**
   * How long an invocation is kept alive for a promise that no step made (`import()`) while the run waits for nothing but
   * the engine; default two seconds.
   */
  readonly foreignPatience?: Duration;
  /** Waits that are shorter are kept inside the invocation instead of suspending it; default one second. */
  readonly shortWait?: Duration;
  /** Plugins of the SDK. */
  readonly plugins?: readonly DurableInstrumentationPlugin[];
  /** Talks to the engine instead of the client of the AWS SDK. */
  readonly client?: DurableExecutionClient;
}

/**
 * The handler of a Lambda function with a durable configuration. The event of an execution is the one argument of the
 * durable function. Its result goes back as JSON: a Date becomes a text, and what JSON would lose in silence (a Map, a
 * BigInt, NaN) fails the execution with a SerializationError.
 *
 * @throws NotCompiledError if the function is not durable
 * @throws MisuseError, UnsupportedError if the options don't fit
 */
export function toLambda(fn: AnyFunction, options: LambdaOptions = {}): LambdaHandler {
  const definition = compiledDefinition(fn, `The function "${fn.name}" given to toLambda`);
  checkOptions(definition, options);
  const loading = loadSdk();
  // The next invocation of the handler reports it.
  loading.catch(() => {});
  let handler: LambdaHandler | undefined;
  return async (event, context) => {
    handler ??= makeHandler(await loading, definition, options);
    return handler(event, context);
  };
}

const OPTIONS: readonly (keyof LambdaOptions)[] = [
  'stepPolicy',
  'onWaitFor',
  'functions',
  'secret',
  'foreignPatience',
  'shortWait',
  'plugins',
  'client',
];

function checkOptions({ id, meta }: Definition, options: LambdaOptions): void {
  checkNames('toLambda', options, OPTIONS);
  const { stepPolicy, onWaitFor, foreignPatience, shortWait } = options;
  if (stepPolicy !== undefined) checkPolicy('toLambda: stepPolicy', stepPolicy);
  if (foreignPatience !== undefined) parseSpan('toLambda: foreignPatience', foreignPatience);
  if (shortWait !== undefined) parseSpan('toLambda: shortWait', shortWait);
  if (onWaitFor !== undefined && typeof onWaitFor !== 'function') {
    throw new MisuseError(onWaitForNoFunction());
  }
  if (onWaitFor === undefined && meta.steps.some(({ kind }) => kind === 'signal')) {
    throw new UnsupportedError(lambdaFunctionWaitsForSignals(id));
  }
}

const settingsOf = (options: LambdaOptions): RunSettings => ({
  stepPolicy: options.stepPolicy,
  secret: options.secret ?? '',
  foreignPatience: parseSpan('foreignPatience', options.foreignPatience ?? '2s'),
  shortWait: parseSpan('shortWait', options.shortWait ?? '1s'),
  onWaitFor: options.onWaitFor,
  target: (fn) => options.functions?.[fn] ?? byName(options.functions, fn),
});

/** The entry of a function under its name, where that is no other's. */
function byName(functions: LambdaOptions['functions'], fn: string): string | undefined {
  const name = findDefinition(fn)?.name ?? fn;
  return presentId(name) === fn ? functions?.[name] : undefined;
}

/** How the run went in one invocation. */
type HandlerEnding =
  | { readonly type: 'ended'; readonly outcome: Outcome }
  | { readonly type: 'blocked'; readonly error: Error };

/** One invocation, from the call of the handler to its return. */
interface Invocation {
  readonly event: DurableExecutionInvocationInput;
  readonly client: WatchedClient;
  run?: LambdaRun;
  ending?: HandlerEnding;
}

function makeHandler(sdk: LambdaSdk, definition: Definition, options: LambdaOptions): LambdaHandler {
  const settings = settingsOf(options);
  const invocations = new WeakMap<object, Invocation>();
  const durable = sdk.withDurableExecution(
    (input: unknown, context: DurableContext) =>
      new Promise((resolve, reject) => {
        const invocation = invocations.get(context.lambdaContext)!;
        const end = (ending: HandlerEnding): void => {
          if (invocation.ending !== undefined) return;
          invocation.ending = ending;
          if (ending.type === 'blocked') reject(ending.error);
          else answer(definition, input, ending.outcome, resolve, reject);
        };
        try {
          drive(sdk, definition, settings, { invocation, input, context, end });
        } catch (error) {
          end({ type: 'blocked', error: asError(error) });
        }
      }),
    { ...(options.plugins !== undefined && { plugins: [...options.plugins] }) },
  );
  return async (event, context) => {
    // What is no durable invocation is the SDK's to refuse.
    if (event?.InitialExecutionState === undefined) return durable(event, context);
    const Event = sdk.DurableExecutionInvocationInputWithClient;
    const client = new WatchedClient(
      Event.isInstance(event)
        ? event.durableExecutionClient
        : (options.client ?? new sdk.DurableExecutionApiClient()),
    );
    const invocation: Invocation = { event, client };
    const ownContext: object = Object.create(context as object);
    invocations.set(ownContext, invocation);
    try {
      const watched = Object.assign(new Event(event, client), rest(event));
      const output = await durable(watched, ownContext as never);
      return concluded(invocation, output, definition);
    } finally {
      invocation.run?.pump.close();
    }
  };
}

/** What the SDK reads of an event, but doesn't name. */
const rest = (event: DurableExecutionInvocationInput): object => {
  const updated: unknown = Reflect.get(event, 'UpdatedOperationIds');
  return updated === undefined ? {} : { UpdatedOperationIds: updated };
};

/** Calls the body, over the operations that are recorded. */
function drive(
  sdk: LambdaSdk,
  definition: Definition,
  settings: RunSettings,
  call: {
    readonly invocation: Invocation;
    readonly input: unknown;
    readonly context: DurableContext;
    end(ending: HandlerEnding): void;
  },
): void {
  const { invocation, input, context, end } = call;
  const { event, client } = invocation;
  const runId = event.DurableExecutionArn;
  const operations = new Operations([...event.InitialExecutionState.Operations, ...client.pages]);
  const receiver = {
    runId,
    definition,
    block: (error: Error) => end({ type: 'blocked', error }),
    fail: (error: Error) => end({ type: 'ended', outcome: failure(error) }),
  };
  const run = new LambdaRun(runId, { sdk, context, operations }, receiver, settings);
  invocation.run = run;
  client.watcher = run.pump;
  const called = readCall(input);
  if (called !== undefined && !isOf(called.fn, definition)) throw new UnknownFunctionError(runId, called.fn);
  const args = called?.input ?? (encode([input], 'event') as string);
  runBody(definition, run, args, (outcome) => {
    if (run.finish()) end({ type: 'ended', outcome: called === undefined ? outcome : fitting(outcome) });
  });
  run.pump.start();
}

/** What a run gets of one that it started is an operation of its own. */
function fitting(outcome: Outcome): Outcome {
  const bytes = outcome.ok ? sizeOf(JSON.stringify(valueEnvelope(outcome.value))) : 0;
  if (bytes <= LIMITS.payload) return outcome;
  return failure(payloadTooLarge('result that is returned to another run', bytes, LIMITS.payload));
}

/** What the SDK is to send back: for a run that started this one as it is, for others as JSON. */
function answer(
  { classes }: Definition,
  input: unknown,
  { ok, value }: Outcome,
  resolve: (result: unknown) => void,
  reject: (error: unknown) => void,
): void {
  try {
    if (!ok) return reject(decodeError(value, classes));
    if (readCall(input) !== undefined) return resolve(valueEnvelope(value));
    const result = decode(value, classes);
    checkJson(result);
    resolve(result);
  } catch (error) {
    reject(error);
  }
}

function concluded(
  { ending }: Invocation,
  output: DurableExecutionInvocationOutput,
  { classes }: Definition,
): DurableExecutionInvocationOutput {
  // An invocation that fails is made again; an execution that fails is lost.
  if (ending?.type === 'blocked') throw ending.error;
  if (ending === undefined || ending.outcome.ok || output.Status !== 'FAILED') return output;
  const { value } = ending.outcome;
  const { name, message } = describeError(value, classes);
  const data = errorEnvelope(value);
  const fits = sizeOf(data) + sizeOf(name) + sizeOf(message) < LIMITS.error;
  return { ...output, Error: { ErrorType: name, ErrorMessage: message, ...(fits && { ErrorData: data }) } };
}
