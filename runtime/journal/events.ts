import type { StoredAttributes } from '../base/attributes.ts';

/**
 * The events of a run's journal. They are the storage format: every change here needs a new `JOURNAL_VERSION` and code
 * that still reads the old one, unless nothing but the new code looks at what was added and it does without.
 */
export const JOURNAL_VERSION = 3;

interface EventBase {
  /** When it happened, ms since the epoch. */
  readonly at: number;
  /** Lines of output printed by the body so far, where that number grew since the last event. */
  readonly output?: number;
  /**
   * The versions of the durable functions, by id, whose code the run executes from here: its own at its start, others at their
   * first call, and each that was changed. Absent if nothing has changed, and in journals of 0.1.0.
   */
  readonly code?: RecordedVersions;
}

export type RecordedVersions = Readonly<Record<string, string>>;

/** How a run began with what another had recorded. */
export interface Fork {
  /** The id of the other run. */
  readonly of: string;
  /** How many events they have in common. */
  readonly at: number;
  /** What takes the place of the seed from there on: the other run draws from its own. */
  readonly seed: string;
}

/** Always the first event. */
export interface RunStarted extends EventBase {
  readonly type: 'run-started';
  readonly version: number;
  readonly fn: string;
  readonly input: string;
  readonly seed: string;
  /** When its time is over, ms since the epoch. */
  readonly deadline?: number;
  /** The runs whose beginning this run has, the first one first. */
  readonly forks?: readonly Fork[];
  /** Who started it, where the caller said so. */
  readonly by?: string;
  /** With which it was started. What its code makes of them later is no part of the journal: each replay does it again. */
  readonly attributes?: StoredAttributes;
  /** The parent of the spans of the run, if it is traced: a W3C `traceparent`, a space, a `tracestate`. */
  readonly trace?: string;
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

/** An attempt of a step failed and is to be followed by another one. */
export interface AttemptFailed extends EventBase {
  readonly type: 'attempt-failed';
  readonly key: string;
  readonly attempt: number;
  /** The encoded error. */
  readonly value: string;
  readonly startedAt: number;
  /** When the next attempt is due, ms since the epoch. */
  readonly retryAt: number;
  readonly worker: string;
}

/** An attempt of a step that is called at most once is about to start. */
export interface StepStarted extends EventBase {
  readonly type: 'step-started';
  readonly key: string;
  readonly attempt: number;
  readonly worker: string;
}

/** An un-awaited call returned something that is no promise; nothing but that fact is kept. */
export interface PlainReturned extends EventBase {
  readonly type: 'plain';
  readonly key: string;
}

/** An un-awaited call returned a promise, and so is a step that is under way. Not recorded of all such calls. */
export interface CallBegun extends EventBase {
  readonly type: 'begun';
  readonly key: string;
}

/** An un-awaited call returned an object that may be at work: it is made again only when the object is needed. */
export interface ObjectMade extends EventBase {
  readonly type: 'made';
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

/** The run waits for a message, and not for ever. */
export interface ExpirySet extends EventBase {
  readonly type: 'expiry-set';
  readonly key: string;
  /** ms since the epoch. */
  readonly until: number;
}

/** The message didn't come in time. */
export interface Expired extends EventBase {
  readonly type: 'expired';
  readonly key: string;
  readonly worker: string;
}

/** The run received a signal, the completion of a callback, or the end of another run. */
export interface Received extends EventBase {
  readonly type: 'received';
  readonly key: string;
  readonly ok: boolean;
  readonly value: string;
  /** What kind of message under which name, as in the mailbox. */
  readonly channel: string;
  /** The number of the message in the store, which is no longer kept from now on. */
  readonly message: number;
  /** It is in the journal before: a wait that was cancelled later had received it. */
  readonly again?: true;
}

/** From now on the token can be used. */
export interface CallbackCreated extends EventBase {
  readonly type: 'callback-created';
  readonly key: string;
  readonly token: string;
  /** When it expires, ms since the epoch. */
  readonly until?: number;
}

/** Another run was started, or refused. */
export interface ChildStarted extends EventBase {
  readonly type: 'child-started';
  readonly key: string;
  readonly ok: boolean;
  readonly value: string;
}

/** Everything that the run waits for fails with this encoded error: it was cancelled, or its time is over. */
export interface CancelRequested extends EventBase {
  readonly type: 'cancel-requested';
  readonly value: string;
  /** The number of the message, if there was one. */
  readonly message?: number;
}

/**
 * A person has accepted another order for this run. What is recorded before this is no order any more but a stock of outcomes:
 * where the code requests one, it is recorded again behind this event. So from here on the journal is whole by itself.
 */
export interface CodeAccepted extends EventBase {
  readonly type: 'accepted';
  /** The code version that was accepted: of the function of the run, or of one that it calls. */
  readonly version: string;
}

/** The run has come to a branch of the code that is for runs which come to it since the code has it. */
export interface BranchTaken extends EventBase {
  readonly type: 'since';
  readonly name: string;
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
  /** It let the error of its cancellation pass. */
  readonly cancelled?: true;
}

export type JournalEvent =
  | RunStarted
  | StepEnded
  | AttemptFailed
  | StepStarted
  | PlainReturned
  | CallBegun
  | ObjectMade
  | WaitSet
  | WaitFired
  | ExpirySet
  | Expired
  | Received
  | CallbackCreated
  | ChildStarted
  | CancelRequested
  | BranchTaken
  | CodeAccepted
  | OutputPrinted
  | RunEnded;

/** What an event gets when it is queued. */
type Stamped = 'at' | 'output' | 'code';

/** An event that is to be recorded. */
export type NewEvent<E = JournalEvent> = E extends JournalEvent ? Omit<E, Stamped> : never;
