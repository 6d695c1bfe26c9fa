import type { Crashes } from './crashes.ts';

/** The right to drive a run. Its fencing token grows with every claim; a smaller token can't write any more. */
export interface Claim {
  readonly runId: string;
  readonly token: number;
  /** Set if the run was with workers that are gone. */
  readonly crashes?: Crashes;
  /** The size of its journal, if the wish has a limit of bytes. */
  readonly bytes?: number;
}

/** Limits the claim of runs that were with workers that are gone. */
export interface Caution {
  /** A run that has reached this (`isCrashLoop`) is no longer held back: its claimant blocks it. */
  readonly maxCrashes: number;
  /** Only runs with as many crashes as that. */
  readonly from: number;
  readonly to: number;
}

/** A run that is not claimed only because of a limit. */
export interface HeldBack {
  readonly runId: string;
  readonly fn: string;
  /** Its workers are gone. It is held back until `until`, ms since the epoch. */
  readonly crashes?: { readonly count: number; readonly until: number };
  /** The size of its journal, for which the claimant has no memory. */
  readonly bytes?: number;
}

/**
 * The worker that claims. `worker` names its process and runtime; its lease expires at `leaseUntil` (ms since the epoch, by
 * the system's clock). A worker holds all its runs by one lease.
 */
export interface Claimant {
  readonly worker: string;
  /** Process id and host of the worker; the claims of a dead process on the same host are free at once. */
  readonly pid: number;
  readonly host: string;
  readonly leaseUntil: number;
}

/** The runs to claim; by default all that are free. */
export interface ClaimWish {
  /** Just this run. */
  readonly only?: string;
  /** Runs of these functions. */
  readonly fns?: readonly string[];
  /**
   * Runs of other functions too, if the store knows no other worker that may have loaded them. The store knows the worker
   * from then on.
   */
  readonly strays?: boolean;
  /** No blocked runs. */
  readonly running?: boolean;
  /** Only blocked runs. */
  readonly blocked?: boolean;
  /** Only these blocked runs, by their ids. */
  readonly among?: readonly string[];
  /**
   * Also the runs that this worker holds and doesn't drive, because the answer to an earlier call was lost: all but those with
   * these ids.
   */
  readonly driven?: readonly string[];
  /** The greatest number of runs. */
  readonly limit?: number;
  /** Counts the crashes of runs, and holds back those that may have caused them; default: none is held back. */
  readonly caution?: Caution;
  /** With `only`: also a run that is held back, or was blocked for its crashes. The crashes are forgotten. */
  readonly anew?: boolean;
  /** The greatest size of their journals together. The first run that exceeds it, and all runs after it, are not claimed. */
  readonly bytes?: number;
  /** With `bytes`: at least one run, however large. */
  readonly atLeastOne?: boolean;
  /** Called for runs that are held back from now on, and for one that is too large. */
  readonly heldBack?: (run: HeldBack) => void;
  /** Claims runs that are parked until this moment or earlier, ms since the epoch; default: now. */
  readonly now?: number;
}
