import {
  type DurableExecutionClient,
  DurableExecutionInvocationInputWithClient,
} from '@aws/durable-execution-sdk-js';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { childEvent } from '../../runtime/engines/aws-lambda/envelopes.ts';
import {
  callbackError,
  callbackResult,
  type LambdaHandler,
  type LambdaOptions,
  toLambda,
} from '../../runtime/engines/aws-lambda/index.ts';
import { definitionOf, findDefinition } from '../../runtime/functions/definitions.ts';
import { decode, decodeError, encode } from '../../runtime/values/codec.ts';
import { loadPrograms } from './compile.ts';
import type { Engine, EngineRun, EngineSession, Program, Traits } from './harness.ts';
import { functionOf, type Modules } from './load.ts';
import { CHILDREN } from './programs.ts';
import { SignalBox } from './signal-box.ts';

/** AWS Lambda Durable Functions, as their official local runner carries them out. */
export const awsRunner = (traits: Traits): Engine => ({
  ...traits,
  open: async (crash) => {
    const modules = await loadPrograms('compiled');
    await LocalDurableTestRunner.setupTestEnvironment({ skipTime: traits.skipsTime === true });
    return new RunnerSession(modules, crash === 'replay' ? { shortWait: 0 } : {});
  },
});

/** What the engine offers to the outside, and what its types don't show. */
interface CallbackApi {
  sendCallbackSuccess(request: { CallbackId: string; Result: Uint8Array }): Promise<unknown>;
  sendCallbackFailure(request: { CallbackId: string; Error: object }): Promise<unknown>;
}

class RunnerSession implements EngineSession {
  readonly #modules: Modules;
  /** Without short waits every wait suspends the execution, and it is replayed after it. */
  readonly #options: LambdaOptions;

  constructor(modules: Modules, options: LambdaOptions) {
    this.#modules = modules;
    this.#options = options;
  }

  async start(program: Program): Promise<EngineRun> {
    const fn = functionOf(this.#modules, program);
    const definition = definitionOf(fn)!;
    const signals = new SignalBox((token, payload) =>
      complete(token, payload).then(
        () => true,
        () => false,
      ),
    );
    const options: LambdaOptions = {
      ...this.#options,
      onWaitFor: (name, token) => signals.expect(name, token),
      functions: Object.fromEntries(CHILDREN.map((id) => [id, id])),
    };
    const handler = toLambda(fn, options);
    let begin: (id: string) => void = () => {};
    const begun = new Promise<string>((resolve) => (begin = resolve));
    let client: DurableExecutionClient | undefined;
    const handlerFunction: LambdaHandler = (event, context) => {
      if (DurableExecutionInvocationInputWithClient.isInstance(event)) client = event.durableExecutionClient;
      begin(event.DurableExecutionArn);
      return handler(event, context);
    };
    const runner = new LocalDurableTestRunner({ handlerFunction });
    for (const id of CHILDREN) {
      runner.registerDurableFunction(id, toLambda(findDefinition(id)!.callable!, options));
    }
    const api = Reflect.get(runner, 'durableApi') as CallbackApi;
    const complete = async (token: string, value: unknown): Promise<void> => {
      await refuseEnded(token);
      const Result = new TextEncoder().encode(await callbackResult(value));
      await api.sendCallbackSuccess({ CallbackId: token, Result });
    };
    // The service refuses what comes after the end of a callback, and so its sender knows; the local runner takes it.
    const refuseEnded = async (token: string): Promise<void> => {
      const state = await client?.getExecutionState({
        DurableExecutionArn: await begun,
        CheckpointToken: '',
      });
      const found = state?.Operations?.find(({ CallbackDetails }) => CallbackDetails?.CallbackId === token);
      if (found?.Status !== 'STARTED')
        throw new Error(`The callback is ${found?.Status ?? 'of another run'}.`);
    };
    const result = this.#run(runner, childEvent(definition.id, await encode(program.args, 'arguments')));
    return {
      // Where it fails before the handler is invoked, it rejects.
      id: (await Promise.race([begun, result])) as string,
      result: () => result,
      signal: (name, payload) => signals.send(name, payload),
      complete,
      fail: async (token, error) => {
        await refuseEnded(token);
        await api.sendCallbackFailure({ CallbackId: token, Error: await callbackError(error as Error) });
      },
      cancel: () => Promise.reject(new Error('The engine tells a run nothing of its end.')),
    };
  }

  async close(): Promise<void> {
    await LocalDurableTestRunner.teardownTestEnvironment();
  }

  async #run(runner: LocalDurableTestRunner, payload: object): Promise<unknown> {
    const result = await runner.run({ payload });
    if (result.getStatus() === 'SUCCEEDED') return decode((result.getResult() as { value: string }).value);
    const { errorData, errorMessage } = result.getError();
    if (errorData === undefined) throw new Error(errorMessage);
    throw decodeError((JSON.parse(errorData) as { error: string }).error);
  }
}
