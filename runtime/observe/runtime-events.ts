import type { Action } from '../stores/actions.ts';
import type { RunStatus } from '../stores/store.ts';

/** Something that happened to a run in this process. */
export interface RunOccurrence {
  readonly runId: string;
  /** The id of its durable function; empty where the journal can't be read. */
  readonly fn: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** Something that happened to a step, a wait or another request of a run. */
export interface KeyOccurrence extends RunOccurrence {
  readonly key: string;
}

export interface AttemptOccurrence extends KeyOccurrence {
  /** 1 for the first, counted over crashes. */
  readonly attempt: number;
}

/** The end of something. */
interface Timed {
  /** ms since the epoch. */
  readonly startedAt: number;
  /** ms. */
  readonly duration: number;
}

/**
 * The events of a runtime, by type. They report what this process does, each thing once. Recorded events are reported when they
 * are durable, and a replay doesn't report them again. If the process dies before, they are never reported. Only `step-started`
 * is repeated if a step is called again, and so are the `run-` events of resuming and letting go, which aren't recorded.
 */
export interface RuntimeEvents {
  /** A new run is in the store. */
  readonly 'run-started': RunOccurrence;
  /** A new run is in the store that goes on from a step of another one. */
  readonly 'run-forked': RunOccurrence & {
    /** The id of the other run. */
    readonly of: string;
    /** The key before which they are the same. */
    readonly from: string;
  };
  /** A run that exists is driven by this process from now on, and replayed first. */
  readonly 'run-taken-up': RunOccurrence & {
    /** How long its journal is. */
    readonly events: number;
  };
  /**
   * A run resumes with other code than its journal was recorded with, and the journal fits it. Also for a journal of 0.1.0,
   * whose code isn't known.
   */
  readonly 'code-changed': RunOccurrence & {
    /** Calls whose recorded outcomes are kept though their arguments were changed. */
    readonly kept: readonly string[];
  };
  /** A person has accepted another order of the code for a run, and this process takes it up in that order. */
  readonly 'code-accepted': RunOccurrence & {
    /** The accepted code version. */
    readonly version: string;
    /** The keys of the recorded outcomes. They are used where the code asks for them; the others are forgotten. */
    readonly recorded: readonly string[];
  };
  /** A run that only waits was dropped from memory. */
  readonly 'run-parked': RunOccurrence;
  /** A run can't resume in this process; nothing of it is lost. */
  readonly 'run-blocked': RunOccurrence & { readonly error: Error };
  /** A run could continue but for a limit. Reported once for memory, and after each crash. */
  readonly 'run-held-back': RunOccurrence & {
    /**
     * `crashes`: its workers died before it had recorded anything, `count` times in a row, so it waits until `until` (ms since
     * the epoch); `memory`: its journal of `bytes` is too large for the memory that this process has left.
     */
    readonly reason: 'crashes' | 'memory';
    readonly count?: number;
    readonly until?: number;
    readonly bytes?: number;
  };
  /** A run awaits something that isn't recorded, and nothing else is under way. Reported once by each process. */
  readonly 'run-unrecorded': RunOccurrence & {
    /** How the code awaits it, where that is known. */
    readonly awaits?: string;
    /** The key of its last request. */
    readonly after?: string;
  };
  /** A run that hasn't ended resumes elsewhere, or later. */
  readonly 'run-stopped': RunOccurrence & {
    /** Another worker has it, its journal can't be written, or the runtime was closed. */
    readonly reason: 'lease-lost' | 'store-failed' | 'closed';
    readonly error: Error;
  };
  readonly 'run-ended': RunOccurrence &
    Timed & {
      /** `completed`, `failed` or `cancelled`. */
      readonly status: RunStatus;
      /** The error, if it failed. */
      readonly error?: unknown;
    };
  /** The last unfinished run has ended that executed code which isn't the newest: its function isn't needed any more. */
  readonly 'version-finished': RunOccurrence & {
    /** The code version. `fn` is the function, which the run may have called as a part of itself. */
    readonly version: string;
    /** Its number, where it has one. */
    readonly number?: number;
  };
  /** The body of a step is called; one event for each attempt. */
  readonly 'step-started': AttemptOccurrence;
  /** The outcome of a step is in the journal; the times are those of its last attempt. */
  readonly 'step-ended': AttemptOccurrence &
    Timed & {
      /** False if it threw. */
      readonly ok: boolean;
      readonly error?: unknown;
    };
  /** An attempt failed, and another one follows. */
  readonly 'attempt-failed': AttemptOccurrence &
    Timed & {
      readonly error: unknown;
      /** ms since the epoch. */
      readonly retryAt: number;
    };
  /** A run waits until a time, or for something until then. */
  readonly 'wait-set': KeyOccurrence & {
    /** ms since the epoch. */
    readonly until: number;
  };
  /** A wait until a time is over. */
  readonly 'wait-fired': KeyOccurrence;
  /** What a run waited for didn't come in time. */
  readonly 'wait-expired': KeyOccurrence;
  /** A run got what it waited for. */
  readonly received: KeyOccurrence & {
    readonly from: 'signal' | 'callback' | 'child';
    /** The name of the signal, or the id of the other run. */
    readonly name?: string;
    /** False for a callback that was failed, or a run that failed. */
    readonly ok: boolean;
  };
  readonly 'callback-created': KeyOccurrence & {
    /** When it expires, ms since the epoch. */
    readonly until?: number;
  };
  /** A run started another one, or was refused that. */
  readonly 'child-started': KeyOccurrence & { readonly ok: boolean };
  /** A run has come to a branch that its code had not before, and takes it: `since(name)` is true for it. */
  readonly since: RunOccurrence & { readonly name: string };
  /** Somebody did something to a run from outside, or tried to. `runId` is empty where that concerns no single run. */
  readonly action: RunOccurrence & Action;
  /** What the run waits for fails from now on: it was cancelled, or its time is over. */
  readonly 'cancel-requested': RunOccurrence & { readonly error: unknown };
}

export type RuntimeEventType = keyof RuntimeEvents;

/** An event of this type, or of any. */
export type RuntimeEvent<T extends RuntimeEventType = RuntimeEventType> = {
  [K in T]: { readonly type: K } & RuntimeEvents[K];
}[T];

const TYPES: Readonly<Record<RuntimeEventType, true>> = {
  'run-started': true,
  'run-forked': true,
  'run-taken-up': true,
  'code-changed': true,
  'code-accepted': true,
  'run-parked': true,
  'run-blocked': true,
  'run-held-back': true,
  'run-unrecorded': true,
  'run-stopped': true,
  'run-ended': true,
  'version-finished': true,
  'step-started': true,
  'step-ended': true,
  'attempt-failed': true,
  'wait-set': true,
  'wait-fired': true,
  'wait-expired': true,
  received: true,
  'callback-created': true,
  'child-started': true,
  since: true,
  action: true,
  'cancel-requested': true,
};

export const isEventType = (type: string): boolean => Object.hasOwn(TYPES, type);
