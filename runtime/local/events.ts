/**
 * The events of a run's journal. They are the storage format: every change here needs a new `JOURNAL_VERSION` and code
 * that still reads the old one.
 */
export const JOURNAL_VERSION = 1;

interface EventBase {
  /** When it happened, ms since the epoch. */
  readonly at: number;
  /** Lines of output printed by the body so far, where that number grew since the last event. */
  readonly output?: number;
}

/** Always the first event. */
export interface RunStarted extends EventBase {
  readonly type: 'run-started';
  readonly version: number;
  readonly fn: string;
  readonly input: string;
  readonly seed: string;
}

/** A step ended and its outcome is known: `value` is an encoded value, or an encoded error when `ok` is false. */
export interface StepEnded extends EventBase {
  readonly type: 'step';
  readonly key: string;
  readonly ok: boolean;
  readonly value: string;
  readonly startedAt: number;
  readonly attempt: number;
  /** The worker (one per process and runtime) that ran it. */
  readonly worker: string;
}

/** An un-awaited call returned something that is no promise; nothing but that fact is kept. */
export interface PlainReturned extends EventBase {
  readonly type: 'plain';
  readonly key: string;
}

export interface WaitSet extends EventBase {
  readonly type: 'wait-set';
  readonly key: string;
  /** Due time, ms since the epoch. */
  readonly until: number;
}

export interface WaitFired extends EventBase {
  readonly type: 'wait-fired';
  readonly key: string;
  readonly worker: string;
}

/** The body printed lines and then nothing else was recorded for a while. */
export interface OutputPrinted extends EventBase {
  readonly type: 'output';
}

/** Always the last event. */
export interface RunEnded extends EventBase {
  readonly type: 'run-ended';
  readonly ok: boolean;
  readonly value: string;
}

export type JournalEvent =
  | RunStarted
  | StepEnded
  | PlainReturned
  | WaitSet
  | WaitFired
  | OutputPrinted
  | RunEnded;
