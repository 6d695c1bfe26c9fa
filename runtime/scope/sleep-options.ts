import type { WebAbortSignal } from '../base/web-types.ts';

export interface SleepOptions {
  /** Calls the wait off when the durable function aborts it: the wait rejects with the signal's reason. */
  readonly signal?: WebAbortSignal;
}
