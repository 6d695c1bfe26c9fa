/** The errors with which a run stops in this process. */

import { textOf } from '../../base/error-text.ts';
import { DurableError, StoreError } from '../../base/errors.ts';
import { handlingThrew, journalChangedElsewhere, runStopped } from '../../base/messages/runs.ts';

export const journalChanged = (runId: string): StoreError => new StoreError(journalChangedElsewhere(runId));

export const storeFailed = (runId: string, cause: StoreError): StoreError =>
  new StoreError(runStopped(runId, cause.message), { cause });

/** @param fn the id of the durable function */
export const thrownInHandling = (runId: string, fn: string, error: unknown): DurableError =>
  new DurableError('HANDLING', handlingThrew(runId, fn, textOf(error)), { cause: error });
