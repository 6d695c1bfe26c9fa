/** What the server of the dashboard and its page say to each other. All of it is JSON; times are ms since the epoch. */
import type { Drawing } from '../picture/layout/layout.ts';
import type { RunStatus } from '../stores/store.ts';

/** `GET api/about` */
export interface About {
  /** Shown at the top: the path of a store. */
  readonly store: string;
  /** Whether the person may steer runs. */
  readonly act: boolean;
  /** Why nobody may steer runs here, whoever they are: the store is only read. */
  readonly onlyRead?: string;
}

/** What `GET api/runs` takes as parameters, and bulk actions as a field. */
export interface RunsFilter {
  readonly status?: RunStatus;
  /** The id of a function. */
  readonly fn?: string;
  /** Part of an id or of the id of a function. */
  readonly text?: string;
}

export interface RunItem {
  readonly id: string;
  readonly fn: string;
  readonly status: RunStatus;
  /** Why it is blocked. */
  readonly reason?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Moments are as ISO 8601 says. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** `GET api/runs` */
export interface RunsPage {
  /** The newest first. */
  readonly runs: readonly RunItem[];
  /** Where the next page begins; undefined on the last one. */
  readonly next?: string;
}

/** `GET api/counts` */
export interface Counts {
  readonly statuses: Readonly<Record<RunStatus, number>>;
}

export type RowState = 'done' | 'running' | 'waiting' | 'failed' | 'cancelled';

/** One thing that a run did or does, in the timeline. */
export interface Row {
  /** In the journal. */
  readonly key: string;
  /** What the author calls it, or the call as it is written. */
  readonly title: string;
  /** `step`, `sleep`, `signal`, `callback`, `child` and the like; `scope` for a row that holds others. */
  readonly kind: string;
  /** How many rows it is inside of. */
  readonly depth: number;
  readonly state: RowState;
  /** Of the source, from 1. */
  readonly line?: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** When its wait or the pause before its next attempt is over. */
  readonly until?: number;
  readonly attempts: number;
  /** Why it failed, in one line. */
  readonly error?: string;
  /** The box of the drawing that it belongs to. */
  readonly box?: string;
  /** The run that it has started. */
  readonly child?: string;
}

/** What a run waits for, or why it doesn't go on. */
export interface Reason {
  /** A sentence. */
  readonly text: string;
  /** The call as it is written. */
  readonly title?: string;
  readonly line?: number;
  /** The row that it is about; undefined where nothing is recorded of it. */
  readonly key?: string;
  /** The box of the drawing. */
  readonly box?: string;
  /** The journal doesn't say this: by the code it is one of the places at which the run may be. */
  readonly isByCode: boolean;
  /** It waits for a time, or for something from outside; else something is under way, or nothing goes on. */
  readonly isWait: boolean;
  readonly since?: number;
  readonly until?: number;
  /** Of a step that is tried again: the last error, in one line. */
  readonly error?: string;
  /** The other run that it waits for. */
  readonly child?: string;
  /** What would end it. */
  readonly ways: readonly Way[];
}

export interface Way {
  readonly text: string;
  /** What a person can do about it here. */
  readonly action?: RunAction['type'];
}

/** `GET api/runs/:id` */
export interface RunPage {
  readonly run: RunItem;
  readonly endedAt?: number;
  /** The file of the function, and the version of its code. */
  readonly file?: string;
  readonly version?: string;
  readonly reasons: readonly Reason[];
  readonly rows: readonly Row[];
  /** The names of the signals that it waits for now. */
  readonly signals: readonly string[];
  /** The keys of the callbacks that it waits for now. */
  readonly callbacks: readonly string[];
}

/** `GET api/runs/:id/value?key=...`: what a row has recorded; without a key, the input and the result of the run. */
export interface Values {
  readonly values: readonly ShownValue[];
}

export interface ShownValue {
  /** `input`, `result`, `attempt 1`. */
  readonly title: string;
  /** Cut off, unless it was asked for as a whole. */
  readonly text: string;
  /** Characters, if it is cut off. */
  readonly length?: number;
  readonly isError?: true;
}

/** `GET api/runs/:id/figure` */
export interface FigurePage {
  /** Undefined if the store knows no flow of this version. */
  readonly drawing?: Drawing;
}

/** `GET api/runs/:id/source` */
export interface SourcePage {
  readonly file: string;
  /** The number of the first of the lines. */
  readonly from: number;
  readonly lines: readonly string[];
  /** Why there are none, or why they may be others than those that the run executes. */
  readonly note?: string;
}

/** `GET api/workers` */
export interface WorkersPage {
  readonly workers: readonly WorkerItem[];
}

export interface WorkerItem {
  readonly worker: string;
  readonly pid: number;
  readonly host: string;
  readonly leaseUntil: number;
  readonly state: 'alive' | 'stopped' | 'gone';
  /** How many runs it holds; undefined where that isn't counted. */
  readonly runs?: number;
}

/** `GET api/schedules` */
export interface SchedulesPage {
  readonly schedules: readonly ScheduleItem[];
}

export interface ScheduleItem {
  readonly name: string;
  readonly cron: string;
  readonly timeZone?: string;
  readonly next?: number;
}

/** `GET api/versions` */
export interface VersionsPage {
  readonly versions: readonly VersionItem[];
}

export interface VersionItem {
  readonly fn: string;
  /** Null for runs of 0.1.0. */
  readonly version: string | null;
  readonly number?: number;
  readonly running: number;
  readonly blocked: number;
  readonly since: number;
}

/** What can be done with a run: `POST api/runs/:id/:action`, with these fields as its body. */
export type RunAction =
  | { readonly type: 'signal'; readonly name: string; readonly payload?: unknown }
  | { readonly type: 'settle'; readonly key: string; readonly value?: unknown; readonly error?: string }
  | { readonly type: 'cancel'; readonly reason?: string }
  | { readonly type: 'resume'; readonly accept?: string; readonly forget?: boolean }
  | { readonly type: 'rerun'; readonly id?: string; readonly from?: string; readonly forget?: boolean }
  | { readonly type: 'fork'; readonly from: string; readonly id?: string; readonly forget?: boolean };

/** The answer to an action: the run that goes on. */
export interface Acted {
  readonly id: string;
}

/** `POST api/bulk`: one action for several runs, by their ids or by a filter; `cursor` is where a filter goes on. */
export interface BulkOrder {
  readonly action: 'cancel' | 'resume' | 'rerun';
  readonly ids?: readonly string[];
  readonly filter?: RunsFilter;
}

/** Of some of the runs; the rest is for another request. */
export interface BulkResult {
  readonly done: number;
  readonly refused: readonly { readonly id: string; readonly message: string }[];
  /** Where the next request goes on; undefined if these were all. */
  readonly next?: string;
}
