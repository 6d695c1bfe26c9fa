import type { DurableExecutionInvocationOutput } from '@aws/durable-execution-sdk-js';
import { childEvent } from '../../runtime/engines/aws-lambda/envelopes.ts';
import {
  callbackError,
  callbackResult,
  type LambdaOptions,
  toLambda,
} from '../../runtime/engines/aws-lambda/index.ts';
import { definitionOf, findDefinition } from '../../runtime/functions/definitions.ts';
import { decode, decodeError, encode } from '../../runtime/values/codec.ts';
import { LambdaExecution } from '../support/lambda-execution.ts';
import { loadPrograms } from './compile.ts';
import type { Engine, EngineRun, Program } from './harness.ts';
import { functionOf, type Modules } from './load.ts';
import { CHILDREN } from './programs.ts';
import { SignalBox } from './signal-box.ts';
import { awsBook as traits } from './traits.ts';
import { noteDeath } from './world.ts';

let counter = 0;

/** The SDK over a service of our own that lets the invocation die behind every single checkpoint. */
export const awsBook: Engine = {
  ...traits,
  open: async () => {
    const modules = await loadPrograms('compiled');
    return { start: async (program) => start(modules, program), close: async () => {} };
  },
};

async function start(modules: Modules, program: Program): Promise<EngineRun> {
  const fn = functionOf(modules, program);
  const input = childEvent(definitionOf(fn)!.id, await encode(program.args, 'arguments'));
  const id = `book-${process.pid}-${++counter}`;
  const signals = new SignalBox((token, payload) => complete(token, payload));
  const options: LambdaOptions = {
    onWaitFor: (name, token) => signals.expect(name, token),
    functions: Object.fromEntries(CHILDREN.map((child) => [child, child])),
  };
  const execution = new LambdaExecution(id, toLambda(fn, options), JSON.stringify(input), {
    dies: true,
    onDeath: (recorded) => noteDeath(id, recorded),
    handlerOf: (target) => toLambda(findDefinition(target)!.callable!, options),
  });
  const complete = async (token: string, value: unknown): Promise<boolean> =>
    execution.complete(token, { result: await callbackResult(value) });
  const result = execution.run().then(read);
  result.catch(() => {});
  return {
    id,
    result: () => result,
    signal: (name, payload) => signals.send(name, payload),
    complete: async (token, value) => void (await complete(token, value)),
    fail: async (token, error) =>
      void execution.complete(token, { error: await callbackError(error as Error) }),
    cancel: () => Promise.reject(new Error('The engine tells a run nothing of its end.')),
  };
}

function read(output: DurableExecutionInvocationOutput): unknown {
  if (output.Status === 'SUCCEEDED')
    return decode((JSON.parse(output.Result ?? '{}') as { value: string }).value);
  if (output.Status !== 'FAILED') throw new Error(output.Status);
  const { ErrorData, ErrorMessage } = output.Error;
  if (ErrorData === undefined) throw new Error(ErrorMessage);
  throw decodeError((JSON.parse(ErrorData) as { error: string }).error);
}
