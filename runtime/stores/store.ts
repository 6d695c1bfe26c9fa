import type { JournalEvent, Received, RunEnded, RunStarted } from '../journal/events.ts';
import type { Outcome } from '../port/backend.ts';
import type { Crashes } from './crashes.ts';

/**
 * - `running`: a worker drives it, or will once it is claimed;
 * - `blocked`: its journal doesn't fit the code, or its function is unknown; nothing is lost and a later claim tries again;
 * - `completed`, `failed`: it returned, it threw;
 * - `cancelled`: it let the error of its cancellation pass.
 */
export type RunStatus = 'running' | 'blocked' | 'completed' | 'failed' | 'cancelled';

/** Nothing happens any more in a run with such a status. */
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
}

export interface StoredRun {
  readonly record: RunRecord;
  readonly events: readonly JournalEvent[];
  /** What was sent to the run and not taken by one of its events yet, in order. */
  readonly messages: readonly Message[];
}

/** Something that is sent to a run from outside; `value` is an encoded value, or an encoded error when `ok` is false. */
export interface NewMessage {
  readonly kind: 'signal' | 'callback' | 'child' | 'cancel';
  /** The name of a signal, the token of a callback, the id of another run that has ended; empty for `cancel`. */
  readonly name: string;
  readonly ok: boolean;
  readonly value: string;
}

export interface Message extends NewMessage {
  /** Grows with every message in the store, whatever its run. */
  readonly seq: number;
  /** It was received before, by a wait that was called off. */
  readonly again?: true;
  /** It isn't what was sent: its run can't go on. */
  readonly damage?: Error;
}

export interface AddressedMessage extends Message {
  readonly runId: string;
}

/** What became of a message: the run is over, or there is none. */
export type Sent = 'sent' | 'ended' | 'unknown';

/** What became of the completion of a callback. `used`: it was completed or failed before. */
export type Completed = 'completed' | 'used' | 'expired' | 'ended' | 'unknown';

/** The right to drive a run. Its fencing token grows with every claim; a smaller token can't write any more. */
export interface Claim {
  readonly runId: string;
  readonly token: number;
  /** Only where the run was with workers that are gone. */
  readonly crashes?: Crashes;
  /** How large its journal is; only where that was asked for. */
  readonly bytes?: number;
}

/** Which runs may be claimed that were with workers that are gone. */
export interface Caution {
  /** A run that has reached this (`isCrashLoop`) isn't held back any longer: its claimant is to block it. */
  readonly maxCrashes: number;
  /** Only runs with as many crashes as that. */
  readonly from: number;
  readonly to: number;
}

/** A run that could be claimed but for a limit. */
export interface HeldBack {
  readonly runId: string;
  readonly fn: string;
  /** It was with workers that are gone, and is held back until then, ms since the epoch. */
  readonly crashes?: { readonly count: number; readonly until: number };
  /** Its journal is so large that it doesn't fit into what the claimant has room for. */
  readonly bytes?: number;
}

/**
 * Who claims: `worker` names process and runtime; its lease runs out at `leaseUntil` (ms since the epoch, by the clock of
 * the system). A worker holds all its runs by one lease.
 */
export interface Claimant {
  readonly worker: string;
  /** Process id and host of the worker; the claims of a dead process on the same host are free at once. */
  readonly pid: number;
  readonly host: string;
  readonly leaseUntil: number;
}

/** Which runs to claim; by default all that are free. */
export interface ClaimWish {
  /** Just this run. */
  readonly only?: string;
  /** Runs of these functions. */
  readonly fns?: readonly string[];
  /**
   * Those of other functions too, if no other worker is known to the store, which could have loaded them. Who asks so is
   * known from then on.
   */
  readonly strays?: boolean;
  /** Leave blocked runs alone. */
  readonly running?: boolean;
  /** Only blocked runs. */
  readonly blocked?: boolean;
  /** Of the blocked runs only these, by their ids. */
  readonly among?: readonly string[];
  /**
   * Also runs that this worker itself holds, but for those with these ids: it doesn't drive them, since the answer to an
   * earlier call was lost.
   */
  readonly driven?: readonly string[];
  /** At most so many. */
  readonly limit?: number;
  /** Counts the crashes of runs, and holds back those that may be the reason; default: no run is suspected of anything. */
  readonly caution?: Caution;
  /** Also with `only` and a run that is held back, or was blocked as the reason of crashes; they count no more. */
  readonly anew?: boolean;
  /** Runs whose journals have so many bytes in all. The first one that is too large, and all that come after it, are left. */
  readonly bytes?: number;
  /** With `bytes`: one run at least, however large. */
  readonly atLeastOne?: boolean;
  /** Told of runs that are held back from now on, and of one that is too large. */
  readonly heldBack?: (run: HeldBack) => void;
  /** Runs that are parked until then or earlier, ms since the epoch; default: now. */
  readonly now?: number;
}

export interface Append {
  readonly claim: Claim;
  /** Sequence number of the first of the events; the journal must hold exactly that many. */
  readonly seq: number;
  readonly events: readonly JournalEvent[];
}

export interface ListFilter {
  readonly status?: RunStatus;
  /**
   * The id of a durable function, or several. Of one that is loaded, runs that have its id of 0.1.0 are found as well, and
   * under that id those that have its id of now.
   */
  readonly fn?: string | readonly string[];
  /** At most this many; default 100. */
  readonly limit?: number;
  /** Runs after this id in the order of the list, which is oldest first. */
  readonly cursor?: string;
}

/** Somebody who renews the lease of a worker when the worker itself can't. */
export interface Heartbeat {
  /** The worker has renewed its lease by itself. */
  renewed(): void;
  /** It was there all the time, and has ceased to renew the lease, since nothing was heard of the worker for too long. */
  readonly hasGivenUp: boolean;
  /** Resolves when nothing is renewed any more. */
  stop(): Promise<void>;
}

/** What a store has removed. */
export interface Pruned {
  /** How many runs are gone. */
  readonly runs: number;
  /** False if there may be more to remove. */
  readonly done: boolean;
  /** Why some can't be removed; the first of them. */
  readonly damaged?: Error | undefined;
}

/** The most that a store keeps of one thing. */
export interface StoreLimits {
  /** Of one encoded value: bytes of UTF-8, with all that JSON escapes in a string. */
  readonly value: number;
  /** Of all encoded values in the journal of one run together: characters. */
  readonly journal: number;
}

/**
 * What both stores of this package keep. A row of SQLite has at most 1,000,000,000 bytes, a string of JavaScript at most
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
  /** Creates a run with its first event and claims it, or, where the id exists, changes nothing and gives null. */
  create(id: string, started: RunStarted, by: Claimant): MaybePromise<Claim | null>;
  /**
   * Appends to many journals in one transaction. Gives the ids of runs whose claim is no longer valid or whose `seq`
   * doesn't fit; for those nothing is written, all the others are. Some events change more than the journal:
   * - `callback-created`: its token can be used from now on;
   * - `received` and `cancel-requested`: the message is no longer kept;
   * - `run-ended`: sets the run's status, and sends a message `child` to the runs that watch this one.
   */
  append(batch: readonly Append[]): MaybePromise<readonly string[]>;
  /**
   * Parks a run as blocked; its journal stays untouched. False if the claim is no longer valid.
   *
   * @param crashLoop it kills its workers, so it is claimed again only where that is asked for (`anew`)
   */
  block(claim: Claim, reason: string, crashLoop?: boolean): MaybePromise<boolean>;
  /** Notes what a run is about to do, for those who find its worker gone. Nothing where the claim is no longer valid. */
  note(claim: Claim, doing: string): MaybePromise<void>;
  /** Runs that have shown that their workers live on with them: their crashes count no more. */
  clear(claims: readonly Claim[]): MaybePromise<void>;
  /** A run with its whole journal, in order. */
  load(id: string): MaybePromise<StoredRun | undefined>;
  /** How a run ended, without the rest of its journal; undefined if it hasn't, or there is none. */
  ended(id: string): MaybePromise<RunEnded | undefined>;
  /** One run's record without its journal. */
  record(id: string): MaybePromise<RunRecord | undefined>;
  /**
   * Claims unfinished runs (running or blocked) that nobody holds: never claimed, released, parked until now, or held by a
   * worker that is gone: its lease has run out, or it was a process of this host that has died. Claiming a blocked run
   * makes it `running` again. Oldest first. A worker that others have found gone gets none before `renew` has told it so.
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
   * Null if the run isn't over, or there is none.
   */
  reopen(id: string, seq: number, by: Claimant): MaybePromise<Claim | null>;
  /**
   * Removes ended runs that have not changed since a moment (ms since the epoch) in one transaction of so many rows at most,
   * or little more. A run whose end another run may still ask for is left.
   */
  prune(before: number, rows: number): MaybePromise<Pruned>;
  /** Sends something to a run, whoever drives it. */
  send(runId: string, message: NewMessage): MaybePromise<Sent>;
  /**
   * Completes or fails the callback with this token, once: sends a message `callback` to its run. A token that can't be
   * used costs no write: strangers may try as many as they like.
   *
   * @param now ms since the epoch
   */
  complete(token: string, outcome: Outcome, now: number): MaybePromise<Completed>;
  /** Has the end of a run sent to another one as a message `child`, once; at once, if it has ended already. */
  watch(runId: string, watcher: string): MaybePromise<void>;
  /**
   * Messages to runs that this worker holds, in order, and where to go on: give that back the next time. Asked many
   * times a second, so it must cost next to nothing when there is nothing new.
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
   * Extends the lease of a worker. False if another worker has found it gone: then its runs are not its own any more. That
   * it lives shows that none of them has killed it: the crashes that were counted for it are taken back, and a run that is
   * blocked for them goes on.
   *
   * @param wasBlocked its event loop was blocked for longer than leases are renewed beside it, so a run may well be to blame
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
  /**
   * Copies all of the store as it is at one moment into a new file, while workers go on. In the copy nobody holds a run.
   *
   * Rejects with MisuseError if there is something at the path or this store has no file, StoreError if it can't be copied.
   */
  backup(path: string): Promise<void>;
  /** Idempotent. */
  close(): MaybePromise<void>;
}

/** Status that a `run-ended` event gives to its run. */
export const statusAfter = ({ ok, cancelled }: RunEnded): RunStatus =>
  ok ? 'completed' : cancelled ? 'cancelled' : 'failed';

/** What a run's end is to those who watch it. */
export const endMessage = (id: string, { ok, value }: RunEnded): NewMessage => ({
  kind: 'child',
  name: id,
  ok,
  value,
});

/** The message that an event has taken. */
export function receivedMessage({ ok, value, channel }: Received): NewMessage {
  const colon = channel.indexOf(':');
  return { kind: channel.slice(0, colon) as NewMessage['kind'], name: channel.slice(colon + 1), ok, value };
}

/** Whether an event changes nothing but the journal. */
export const isPlainAppend = (event: JournalEvent): boolean =>
  event.type !== 'run-ended' && event.type !== 'callback-created' && !('message' in event);
