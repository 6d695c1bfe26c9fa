import { findDefinition } from '../definitions.ts';
import { MisuseError, NonDeterminismError, RuntimeClosedError, UnknownFunctionError } from '../errors.ts';
import type { RunRecord, RunStatus, Store } from '../stores/store.ts';
import { decode, decodeError } from '../values/codec.ts';
import type { JournalEvent } from './events.ts';

/** How often the result of a run that another process drives is looked for in the store, in ms. */
const POLL_MS = 200;

/** A journal event as people see it. Times are ms since the epoch. */
export type RunEvent =
  | { readonly type: 'run-started'; readonly at: number; readonly fn: string }
  | {
      readonly type: 'step';
      readonly key: string;
      /** False if it threw. */
      readonly ok: boolean;
      readonly startedAt: number;
      readonly at: number;
      readonly attempt: number;
      /** The worker that ran it: one per process and runtime. */
      readonly worker: string;
    }
  | { readonly type: 'plain'; readonly key: string; readonly at: number }
  | { readonly type: 'wait-set'; readonly key: string; readonly at: number; readonly until: number }
  | { readonly type: 'wait-fired'; readonly key: string; readonly at: number; readonly worker: string }
  | { readonly type: 'output'; readonly at: number }
  | { readonly type: 'run-ended'; readonly at: number; readonly ok: boolean };

/** One run, to ask about it. */
export interface Handle<R = unknown> {
  readonly id: string;
  /**
   * What the run returns, or a rejection with what it throws, each as a decoded copy. A run that this process drives
   * resolves it without polling; the store is asked every 200 ms for one that another process drives.
   *
   * Rejects with NonDeterminismError or UnknownFunctionError if the run is blocked, StoreError if its journal couldn't
   * be written, LeaseLostError if another worker took it over, RuntimeClosedError if the runtime was closed first.
   */
  result(): Promise<R>;
  status(): Promise<RunStatus>;
  /** The journal so far, without values. */
  events(): Promise<readonly RunEvent[]>;
}

/** Where a handle gets the outcome of its run from. */
export interface HandleSource {
  readonly store: Store;
  readonly closed: boolean;
  /** The outcome of a run while this process drives it. */
  live(id: string): Promise<unknown> | undefined;
  /** Drives a run from now on, if its owner is dead or its lease has run out, and its function is loaded. */
  takeOver(record: RunRecord): Promise<void>;
}

export class RunHandle implements Handle {
  readonly id: string;
  readonly #source: HandleSource;
  /** For a run that this process drives, or drove. */
  readonly #outcome: Promise<unknown> | undefined;

  constructor(id: string, source: HandleSource, outcome?: Promise<unknown>) {
    this.id = id;
    this.#source = source;
    this.#outcome = outcome;
  }

  result(): Promise<unknown> {
    return this.#outcome ?? this.#poll();
  }

  async status(): Promise<RunStatus> {
    const record = await this.#source.store.record(this.id);
    if (record === undefined) throw missing(this.id);
    return record.status;
  }

  async events(): Promise<readonly RunEvent[]> {
    const run = await this.#source.store.load(this.id);
    if (run === undefined) throw missing(this.id);
    return run.events.map(publicEvent);
  }

  async #poll(): Promise<unknown> {
    while (true) {
      const live = this.#source.live(this.id);
      if (live !== undefined) return live;
      const { store } = this.#source;
      const record = await store.record(this.id);
      if (record === undefined) throw missing(this.id);
      if (record.status === 'completed' || record.status === 'failed') return this.#recorded();
      if (this.#source.closed) throw new RuntimeClosedError();
      if (record.status === 'blocked') throw blockedError(record);
      await this.#source.takeOver(record);
      const taken = this.#source.live(this.id);
      if (taken !== undefined) return taken;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async #recorded(): Promise<unknown> {
    const run = await this.#source.store.load(this.id);
    const last = run?.events.at(-1);
    if (run === undefined || last?.type !== 'run-ended') throw missing(this.id);
    const classes = findDefinition(run.record.fn)?.classes;
    if (last.ok) return decode(last.value, classes);
    throw decodeError(last.value, classes);
  }
}

/** What keeps a blocked run, seen from here: its function may be unknown to this process, or its journal doesn't fit. */
function blockedError({ id, fn, reason }: RunRecord): Error {
  if (findDefinition(fn) === undefined) return new UnknownFunctionError(id, fn);
  return new NonDeterminismError(id, reason ?? 'The run is blocked.');
}

const missing = (id: string): MisuseError =>
  new MisuseError(`There is no run "${id}" in the store any more.`);

function publicEvent(event: JournalEvent): RunEvent {
  const { type, at } = event;
  switch (type) {
    case 'run-started':
      return { type, at, fn: event.fn };
    case 'step': {
      const { key, ok, startedAt, attempt, worker } = event;
      return { type, key, ok, startedAt, at, attempt, worker };
    }
    case 'plain':
      return { type, key: event.key, at };
    case 'wait-set':
      return { type, key: event.key, at, until: event.until };
    case 'wait-fired':
      return { type, key: event.key, at, worker: event.worker };
    case 'output':
      return { type, at };
    case 'run-ended':
      return { type, at, ok: event.ok };
  }
}
