/** The errors with which a run stops in this process. */

import { textOf } from '../../base/error-text.ts';
import { DurableError, StoreError } from '../../base/errors.ts';

export const journalChanged = (runId: string): StoreError =>
  new StoreError(
    `The journal of run "${runId}" was changed by something else while it was under way here: what comes next ` +
      `doesn't fit behind what is there. Nothing more was written to it. Other runs are not affected.`,
  );

export const storeFailed = (runId: string, cause: StoreError): StoreError =>
  new StoreError(
    `The run "${runId}" has stopped where its journal ends, and goes on when the store can be written again, here if this process is a worker, or with the next recover(): ${cause.message}`,
    { cause },
  );

/** @param fn the id of the durable function */
export const thrownInHandling = (runId: string, fn: string, error: unknown): DurableError =>
  new DurableError(
    'HANDLING',
    `Run "${runId}" of ${fn} was parked, since this was thrown while something that it waited for ` +
      `was handled: ${textOf(error)}. Nothing that is recorded is lost: mend what threw, and resume() it.`,
    { cause: error },
  );
