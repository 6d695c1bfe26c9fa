/** The SDK of the engine. It is loaded when a handler is made, so this package works without it elsewhere. */

import type * as Sdk from '@aws/durable-execution-sdk-js';
import { MisuseError } from '../../base/errors.ts';
import { lambdaSdkMissing } from '../../base/messages/aws.ts';

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
    throw new MisuseError(lambdaSdkMissing(String(error)));
  }
}
