/** The SDK of the engine: loaded when a handler is made, so that this package does without it where it isn't used. */
import type * as Sdk from '@aws/durable-execution-sdk-js';
import { MisuseError } from '../../base/errors.ts';

export type {
  DurableContext,
  DurableExecutionClient,
  DurableExecutionInvocationInput,
  DurableExecutionInvocationOutput,
  DurableInstrumentationPlugin,
  ErrorObject,
  OperationUpdate,
  StepConfig,
  WireOperation,
} from '@aws/durable-execution-sdk-js';

export type LambdaSdk = typeof Sdk;

/** Rejects with MisuseError that says which package to add. */
export async function loadSdk(
  load: () => Promise<LambdaSdk> = () => import('@aws/durable-execution-sdk-js'),
): Promise<LambdaSdk> {
  try {
    return await load();
  } catch (error) {
    throw new MisuseError(
      'use-durable/aws-lambda needs the package "@aws/durable-execution-sdk-js", which could not be loaded. Add it to ' +
        `the dependencies: npm install @aws/durable-execution-sdk-js. (${String(error)})`,
    );
  }
}
