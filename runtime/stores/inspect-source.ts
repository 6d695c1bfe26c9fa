import type { StoredAttribute } from '../base/attributes.ts';
import type { Crashes } from './crashes.ts';
import type { RunRecord, RunStatus, StoredRun } from './run-record.ts';

type MaybePromise<T> = T | Promise<T>;

/** Which runs are listed. The newest come first. */
export interface RunQuery {
  readonly status?: readonly RunStatus[];
  /** Ids of durable functions. */
  readonly fn?: readonly string[];
  /** Created at this moment or later, ms since the epoch. */
  readonly since?: number;
  /** Created before this moment, ms since the epoch. */
  readonly until?: number;
  /** Runs that have each of these attributes, with one of the values. */
  readonly attributes?: Readonly<Record<string, readonly StoredAttribute[]>>;
  /** The id begins with this. */
  readonly prefix?: string;
  /** A part of the id or of the id of the function. */
  readonly search?: string;
  /** At most this many, 1 to 1,000; default 50. */
  readonly limit?: number;
  /** `next` of the page before, with the same filters. */
  readonly cursor?: string;
}

export interface RunPage {
  readonly runs: readonly RunRecord[];
  /** Of the next page; undefined if this is the last one. */
  readonly next?: string;
}

/** How many runs have each status. */
export type StatusCounts = Readonly<Record<RunStatus, number>>;

/** A worker that has registered with a store, and has not left. */
export interface WorkerFacts {
  readonly worker: string;
  readonly pid: number;
  readonly host: string;
  /** ms since the epoch, by the clock of the system. */
  readonly leaseUntil: number;
  /**
   * - `alive`: its lease holds, and nothing is known to the contrary;
   * - `stopped`: a process of this host that doesn't execute (SIGSTOP, a debugger);
   * - `gone`: its lease is over, or it was a process of this host that has ended. Another worker will claim its runs.
   */
  readonly state: 'alive' | 'stopped' | 'gone';
  /** How many runs it holds; undefined where it isn't counted. */
  readonly runs?: number;
}

/** Who drives a run now, and what keeps it from being driven. */
export interface Standing {
  /** The worker that has claimed it. One that is no longer registered was found gone. */
  readonly owner?: WorkerFacts | { readonly worker: string; readonly state: 'gone' };
  /** When it was claimed last, ms since the epoch; 0 if that isn't known. */
  readonly claimedAt: number;
  /** Without an owner: until when it needs no worker, ms since the epoch; `Infinity`: until it is sent something. */
  readonly wakeAt: number;
  /** With workers that were found gone. */
  readonly crashes: Crashes;
}

/** A schedule that the store keeps. */
export interface ScheduleFacts {
  readonly name: string;
  readonly cron: string;
  readonly timeZone?: string;
  /** When it is due next, ms since the epoch; undefined if it never is. */
  readonly next?: number;
}

/**
 * What those who look at a store may ask of it. Nothing is written, and workers go on meanwhile. Each answer is the state of one
 * moment. Methods throw, or reject with, StoreError if the store can't be read; of one damaged run with `partial` set.
 */
export interface InspectSource {
  /** Shown in messages: a path, or `memory:`. */
  readonly name: string;
  /** The moment whose state it has, ms since the epoch; undefined where that is now. */
  readonly at?: number | undefined;
  /** Throws MisuseError for a cursor that is none. */
  page(query?: RunQuery): MaybePromise<RunPage>;
  counts(): MaybePromise<StatusCounts>;
  /** The ids of the functions that there are runs of, in the order of the alphabet. */
  functions(): MaybePromise<readonly string[]>;
  /** Ids that begin with a text, in the order of the alphabet, at most this many. */
  ids(prefix: string, limit: number): MaybePromise<readonly string[]>;
  record(id: string): MaybePromise<RunRecord | undefined>;
  /** A run with its whole journal. */
  load(id: string): MaybePromise<StoredRun | undefined>;
  standing(id: string): MaybePromise<Standing | undefined>;
  /** The runs whose end a run wants to know of. */
  watched(id: string): MaybePromise<readonly RunRecord[]>;
  /** By their names. */
  workers(): MaybePromise<readonly WorkerFacts[]>;
  /** A text that is kept beside the runs; undefined also where it is damaged. */
  setting(key: string): MaybePromise<string | undefined>;
  schedules(): MaybePromise<readonly ScheduleFacts[]>;
  /** Another one after each change of what is stored; it costs next to nothing to ask. */
  position(): MaybePromise<number | string>;
  /** Idempotent. What belongs to a live store stays open. */
  close(): MaybePromise<void>;
}

/** What a page has unless a query says otherwise, and at most. */
const PAGE_SIZE = 50;
const LARGEST_PAGE = 1_000;

export const pageSize = (limit: number = PAGE_SIZE): number =>
  Math.min(Math.max(Math.trunc(limit), 1), LARGEST_PAGE);

/** What the store keeps of a schedule; undefined for what is none. */
export function readSchedule(name: string, text: string): ScheduleFacts | undefined {
  try {
    const { cron, timeZone, next } = JSON.parse(text) as Partial<
      Record<'cron' | 'timeZone' | 'next', unknown>
    >;
    if (typeof cron !== 'string') return undefined;
    return {
      name,
      cron,
      ...(typeof timeZone === 'string' && { timeZone }),
      ...(typeof next === 'number' && { next }),
    };
  } catch {
    return undefined;
  }
}
