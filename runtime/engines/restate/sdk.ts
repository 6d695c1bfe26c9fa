/** The SDK of Restate. It is loaded when it is needed, so this package works without it elsewhere. */
import type * as Restate from '@restatedev/restate-sdk';
import type * as RestateFetch from '@restatedev/restate-sdk/fetch';
import type * as RestateLambda from '@restatedev/restate-sdk/lambda';
import { EngineMissingError } from '../../base/errors.ts';

export type Sdk = typeof Restate;
export type FetchSdk = typeof RestateFetch;
export type LambdaSdk = typeof RestateLambda;
export type {
  RestatePromise,
  TerminalError,
  WorkflowOptions,
  WorkflowSharedContext,
} from '@restatedev/restate-sdk';

/** The context of a workflow. The internal part shows where a replay ends, and reports cancellation. */
export type RunContext = Restate.WorkflowContext & Restate.internal.ContextInternal;

/** Rejects with EngineMissingError, which says what to add. */
export async function load<T>(importSdk: () => Promise<T>): Promise<T> {
  try {
    return await importSdk();
  } catch (error) {
    throw new EngineMissingError('@restatedev/restate-sdk', { cause: error });
  }
}

export const loadSdk = (): Promise<Sdk> => load(() => import('@restatedev/restate-sdk'));
export const loadFetchSdk = (): Promise<FetchSdk> => load(() => import('@restatedev/restate-sdk/fetch'));
export const loadLambdaSdk = (): Promise<LambdaSdk> => load(() => import('@restatedev/restate-sdk/lambda'));
