import type { AttributeEdits, Attributes } from '../base/attributes.ts';
import type { JournalEvent, RunEnded, RunStarted } from '../journal/events.ts';
import type { Outcome } from '../port/backend.ts';
import type { Action, ActionFilter, KeptAction } from './actions.ts';
import type { Claim, Claimant, ClaimWish } from './claims.ts';
import type { InspectSource } from './inspect-source.ts';
import type { LoadedRun, Message, NewMessage, RunRecord, RunStatus } from './run-record.ts';

export {
  hasEnded,
  type LoadedRun,
  type Message,
  type NewMessage,
  type RunRecord,
  type RunStatus,
  type StoredRun,
} from './run-record.ts';

export interface AddressedMessage extends Message {
  readonly runId: string;
}

/** Whether a message was sent: not if the run has ended, or if there is none. */
export type Sent = 'sent' | 'ended' | 'unknown';

/** Whether a callback was completed. `used`: it was completed or failed before. */
export type Completed = 'completed' | 'used' | 'expired' | 'ended' | 'unknown';

export interface Append {
  readonly claim: Claim;
  /** Sequence number of the first of the events; the journal must hold exactly that many. */
  readonly seq: number;
  /** None where only what the run shows has changed. */
  readonly events: readonly JournalEvent[];
  readonly shown?: Shown;
  /** By which a person made these events. */
  readonly action?: Action;
}

/** What a run shows of itself beside its journal, as far as it has changed. Its code sets it again in each replay. */
export interface Shown {
  /** By name; null for one that is removed. */
  readonly attributes?: AttributeEdits;
}

export interface ListFilter {
  readonly status?: RunStatus;
  /**
   * The id of a durable function, or several. Of one that is loaded, runs that have its id of 0.1.0 are found as well, and
   * under that id those that have its id of now.
   */
  readonly fn?: string | readonly string[];
  /** Runs that have all of these attributes, with these values. */
  readonly attributes?: Attributes;
  /** At most this many; default 100. */
  readonly limit?: number;
  /** Runs after this id in the order of the list, which is oldest first. */
  readonly cursor?: string;
}

/** Renews the lease of a worker while its event loop is blocked. */
export interface Heartbeat {
  /** The worker has renewed its lease by itself. */
  renewed(): void;
  /** It has stopped to renew the lease, because the worker has not renewed it by itself for too long. */
  readonly hasGivenUp: boolean;
  /** Resolves when it has stopped. */
  stop(): Promise<void>;
}

/** The unfinished runs that execute one version of the code of a durable function. */
export interface CodeInUse {
  /** The id of the function. */
  readonly fn: string;
  /** The code version; null for runs of 0.1.0, which recorded none. */
  readonly code: string | null;
  readonly running: number;
  readonly blocked: number;
  /** When the oldest of these runs was created, ms since the epoch. */
  readonly since: number;
}

/** The result of `prune`. */
export interface Pruned {
  /** The number of removed runs. */
  readonly runs: number;
  /** False if there may be more to remove. */
  readonly done: boolean;
  /** The first error because of which a run can't be removed. */
  readonly damaged?: Error | undefined;
}

/** The largest values that a store keeps. */
export interface StoreLimits {
  /** Of one encoded value: bytes of UTF-8, with all that JSON escapes in a string. */
  readonly value: number;
  /** Of all encoded values in the journal of one run together: characters. */
  readonly journal: number;
}

/**
 * The limits of both stores of this package. A row of SQLite has at most 1,000,000,000 bytes, a string of JavaScript at most
 * 536,870,888 characters, and to replay a run its whole journal must fit into the memory of its process.
 */
export const OUR_LIMITS: StoreLimits = { value: 250_000_000, journal: 1_000_000_000 };

type MaybePromise<T> = T | Promise<T>;

/**
 * Keeps journals. Every method is atomic and durable when it returns (or its promise resolves); a store that can't do
 * that throws a `StoreError`.
 */
export interface Store {
  /** Shown in messages: a path, or `memory:`. */
  readonly name: string;
  /** The runtime refuses what is larger, so that nothing that is to be written is too large to be. */
  readonly limits: StoreLimits;
  /** Makes all that `work` does with this store one transaction, which is durable when this returns, or undone. */
  together(work: () => void): MaybePromise<void>;
  /**
   * Creates a run with its first event and claims it. If the id exists, nothing changes, and it returns null. It has the attributes
   * that the event has, and the action `start` if that says who started it.
   *
   * @param watcher a run that watches it from the beginning, so that it is never removed before that run has its outcome
   */
  create(id: string, started: RunStarted, by: Claimant, watcher?: string): MaybePromise<Claim | null>;
  /**
   * Appends to many journals in one transaction. Gives the ids of runs whose claim is no longer valid or whose `seq`
   * doesn't fit; for those nothing is written, all the others are. What a run shows is written with its events. Some events
   * change more than the journal:
   * - `callback-created`: its token can be used from now on;
   * - `received` and `cancel-requested`: the message is no longer kept;
   * - `run-ended`: sets the run's status, and sends a message `child` to the runs that watch this one.
   */
  append(batch: readonly Append[]): MaybePromise<readonly string[]>;
  /**
   * Parks a run as blocked; its journal stays untouched. False if the claim is no longer valid.
   *
   * @param crashLoop it kills its workers, so it is claimed again only by a claim with `anew`
   */
  block(claim: Claim, reason: string, crashLoop?: boolean): MaybePromise<boolean>;
  /** Notes what a run is about to do, for the worker that finds this one gone. Does nothing if the claim is no longer valid. */
  note(claim: Claim, doing: string): MaybePromise<void>;
  /** Runs that have shown that their workers live on with them: their crashes count no more. */
  clear(claims: readonly Claim[]): MaybePromise<void>;
  /** A run with its whole journal, in order. */
  load(id: string): MaybePromise<LoadedRun | undefined>;
  /** How a run ended, without the rest of its journal; undefined if it hasn't, or there is none. */
  ended(id: string): MaybePromise<RunEnded | undefined>;
  /** One run's record without its journal. */
  record(id: string): MaybePromise<RunRecord | undefined>;
  /**
   * Claims unfinished runs (running or blocked) that no worker holds: never claimed, released, parked until now, or held by a
   * worker that is gone: its lease has run out, or it was a process of this host that has died. Claiming a blocked run makes it
   * `running` again. Oldest first. A worker that others have found gone gets none before its next `renew`.
   *
   * With `caution` the crashes of runs are counted (`crashes.ts`); a worker that is stopped (SIGSTOP, a debugger) has not
   * crashed.
   */
  claim(by: Claimant, wish?: ClaimWish): MaybePromise<readonly Claim[]>;
  /**
   * Gives a run up until a moment (ms since the epoch; `Infinity`: until it is sent something), or until a message comes
   * that is newer than `seen`. False if the claim is no longer valid.
   */
  park(claim: Claim, until: number, seen: number): MaybePromise<boolean>;
  /**
   * When the next run of these functions that is parked is due, ms since the epoch, `Infinity` if all of them wait for
   * messages; undefined if none is parked.
   */
  nextDue(fns: readonly string[]): MaybePromise<number | undefined>;
  /**
   * The ids of runs of these functions that could be claimed now, and of those that are held back after crashes. Oldest
   * first.
   *
   * @param now ms since the epoch, by the clock by which runs are parked
   */
  waiting(fns: readonly string[], now: number): MaybePromise<readonly string[]>;
  /**
   * Takes back the end of a run and all events from `seq` on, and claims it. What those events had received is sent again.
   * Null if the run isn't over, or there is none, or it has gone on since it was read.
   *
   * @param token of the run as it was read to find out `seq`
   */
  reopen(
    id: string,
    { seq, token }: { readonly seq: number; readonly token: number },
    by: Claimant,
    action?: Action,
  ): MaybePromise<Claim | null>;
  /**
   * Removes ended runs that have not changed since a moment (ms since the epoch), in one transaction of about `rows` rows at
   * most. A run is kept if another run may still need its outcome.
   */
  prune(before: number, rows: number): MaybePromise<Pruned>;
  /**
   * Sends something to a run, which any worker may drive.
   *
   * @param action kept with the run if it is sent
   */
  send(runId: string, message: NewMessage, action?: Action): MaybePromise<Sent>;
  /**
   * Completes or fails the callback with this token, once: sends a message `callback` to its run. A token that can't be
   * used costs no write: strangers may try as many as they like.
   *
   * @param now ms since the epoch
   * @param action kept with the run if that succeeds
   */
  complete(token: string, outcome: Outcome, now: number, action?: Action): MaybePromise<Completed>;
  /** The id of the run that made the callback with this token; undefined if there is no such callback. */
  runOf(token: string): MaybePromise<string | undefined>;
  /** Has the end of a run sent to another one as a message `child`, once; at once, if it has ended already. */
  watch(runId: string, watcher: string): MaybePromise<void>;
  /**
   * Messages to runs that this worker holds, in order, and the position for the next call. Called many times a second, so it
   * must cost next to nothing if there is nothing new.
   */
  messages(
    worker: string,
    after: number,
  ): MaybePromise<{ readonly messages: readonly AddressedMessage[]; readonly last: number }>;
  /** A text that is kept under a key beside the runs. */
  setting(key: string): MaybePromise<string | undefined>;
  /** Writes such a text if it is still as `before` says (undefined: not there); false if it isn't. */
  swap(key: string, before: string | undefined, after: string): MaybePromise<boolean>;
  /**
   * Extends the lease of a worker. False if another worker has found it gone: then its runs are not its own any more. Since the
   * worker is alive, no run has killed it: the crashes that were counted for it are taken back, and a run that is blocked
   * because of them resumes.
   *
   * @param wasBlocked its event loop was blocked for longer than leases are renewed for it, so a run may be to blame
   */
  renew(by: Claimant, wasBlocked?: boolean): MaybePromise<boolean>;
  /**
   * Renews the lease of a worker when its event loop is blocked, for four times the length of the lease. Undefined where that
   * can't be had.
   *
   * @param ms how long the lease holds each time
   */
  heartbeat?(by: Claimant, ms: number): Heartbeat | undefined;
  /**
   * Gives up the claims of this worker, so that another may claim at once; of very many, some after the other, each time with a
   * turn for all others in between. One that was found gone lived, as with `renew`.
   */
  release(worker: string): MaybePromise<void>;
  list(filter?: ListFilter): MaybePromise<readonly RunRecord[]>;
  /** Keeps an action with a run, until that is removed, or with none. Does nothing if there is no such run. */
  act(runId: string | undefined, action: Action): MaybePromise<void>;
  /** Actions, oldest first. */
  actions(filter: ActionFilter): MaybePromise<readonly KeptAction[]>;
  /**
   * Which code the unfinished runs execute, by what their events say of it (`code`): of their own functions, and of those that they
   * have called as parts of themselves. Ordered by function, and for each by the oldest run.
   */
  codeInUse(): MaybePromise<readonly CodeInUse[]>;
  /** Whether an unfinished run executes this version of the code of a function. */
  isInUse(fn: string, code: string): MaybePromise<boolean>;
  /** What those who look at the store ask. It has to be closed; the store stays open. Throws StoreError. */
  inspect(): InspectSource;
  /**
   * Copies the whole store as it is at one moment into a new file, while workers continue. In the copy no worker holds a run.
   *
   * Rejects with MisuseError if there is something at the path or this store has no file, StoreError if it can't be copied.
   */
  backup(path: string): Promise<void>;
  /** Idempotent. */
  close(): MaybePromise<void>;
}
