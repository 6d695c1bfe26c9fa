import type { Attributes } from '../base/attributes.ts';
import type { JournalEvent } from '../journal/events.ts';

/**
 * - `running`: a worker drives it, or will when it is claimed;
 * - `blocked`: its journal doesn't fit the code, or its function is unknown; a later claim tries again;
 * - `completed`, `failed`: it returned, it threw;
 * - `cancelled`: it threw the error of its cancellation.
 */
export type RunStatus = 'running' | 'blocked' | 'completed' | 'failed' | 'cancelled';

/** Whether a run with this status has ended. */
export const hasEnded = (status: RunStatus): boolean => status !== 'running' && status !== 'blocked';

export interface RunRecord {
  readonly id: string;
  readonly fn: string;
  readonly status: RunStatus;
  /** Why it is blocked, in words. */
  readonly reason: string | null;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What it can be found by: from its start, and what it has set since. */
  readonly attributes: Attributes;
}

export interface StoredRun {
  readonly record: RunRecord;
  readonly events: readonly JournalEvent[];
  /** The messages that no event of the run has taken, in order. */
  readonly messages: readonly Message[];
}

/** A run as a store has it for those who may change it. */
export interface LoadedRun extends StoredRun {
  /** The token of its last claim. As long as it is the same, no worker has driven the run since. */
  readonly token: number;
}

/** A message to a run from outside; `value` is an encoded value, or an encoded error when `ok` is false. */
export interface NewMessage {
  readonly kind: 'signal' | 'callback' | 'child' | 'cancel';
  /** The name of a signal, the token of a callback, the id of another run that has ended; empty for `cancel`. */
  readonly name: string;
  readonly ok: boolean;
  readonly value: string;
}

export interface Message extends NewMessage {
  /** Grows with each message in the store, for all runs together. */
  readonly seq: number;
  /** It was received before, by a wait that was called off. */
  readonly again?: true;
  /** The stored message is damaged: its run can't resume. */
  readonly damage?: Error;
}
