import type { JournalEvent, RunEnded, RunStarted } from '../local/events.ts';

/**
 * - `running`: a worker drives it, or will once it is claimed;
 * - `blocked`: its journal doesn't fit the code, or its function is unknown; nothing is lost and a later claim tries again;
 * - `completed`, `failed`: it returned, it threw.
 */
export type RunStatus = 'running' | 'blocked' | 'completed' | 'failed';

export interface RunRecord {
  readonly id: string;
  readonly fn: string;
  readonly status: RunStatus;
  /** Why it is blocked, in words. */
  readonly reason: string | null;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StoredRun {
  readonly record: RunRecord;
  readonly events: readonly JournalEvent[];
}

/** The right to drive a run. Its fencing token grows with every claim; a smaller token can't write any more. */
export interface Claim {
  readonly runId: string;
  readonly token: number;
}

/** Who claims: `worker` names process and runtime; the lease runs out at `leaseUntil` (ms since the epoch). */
export interface Claimant {
  readonly worker: string;
  /** Process id and host of the worker; a claim of a dead process on the same host is free at once. */
  readonly pid: number;
  readonly host: string;
  readonly leaseUntil: number;
}

export interface Append {
  readonly claim: Claim;
  /** Sequence number of the first of the events; the journal must hold exactly that many. */
  readonly seq: number;
  readonly events: readonly JournalEvent[];
}

export interface ListFilter {
  readonly status?: RunStatus;
  readonly fn?: string;
  /** At most this many; default 100. */
  readonly limit?: number;
  /** Runs after this id in the order of the list, which is oldest first. */
  readonly cursor?: string;
}

type MaybePromise<T> = T | Promise<T>;

/**
 * Keeps journals. Every method is atomic and durable when it returns (or its promise resolves); a store that can't do
 * that throws a `StoreError`.
 */
export interface Store {
  /** Shown in messages: a path, or `memory:`. */
  readonly name: string;
  /** Creates a run with its first event and claims it, or, where the id exists, changes nothing and gives null. */
  create(id: string, started: RunStarted, by: Claimant): MaybePromise<Claim | null>;
  /**
   * Appends to many journals in one transaction. A `run-ended` event sets the run's status. Gives the ids of runs
   * whose claim is no longer valid or whose `seq` doesn't fit; for those nothing is written, all the others are.
   */
  append(batch: readonly Append[]): MaybePromise<readonly string[]>;
  /** Parks a run as blocked; its journal stays untouched. False if the claim is no longer valid. */
  block(claim: Claim, reason: string): MaybePromise<boolean>;
  /** A run with its whole journal, in order. */
  load(id: string): MaybePromise<StoredRun | undefined>;
  /** One run's record without its journal. */
  record(id: string): MaybePromise<RunRecord | undefined>;
  /**
   * Claims unfinished runs (running or blocked) that nobody holds: released, lease run out, or held by a dead process
   * of this host. With `only` just that run. Claiming a blocked run makes it `running` again.
   */
  claim(by: Claimant, only?: string): MaybePromise<readonly Claim[]>;
  /** Extends the leases of all runs this worker holds. */
  renew(by: Claimant): MaybePromise<void>;
  /** Gives up the claims of this worker, so that another may claim at once. */
  release(worker: string): MaybePromise<void>;
  list(filter?: ListFilter): MaybePromise<readonly RunRecord[]>;
  /** Idempotent. */
  close(): MaybePromise<void>;
}

/** Status that a `run-ended` event gives to its run. */
export const statusAfter = (ended: RunEnded): RunStatus => (ended.ok ? 'completed' : 'failed');
