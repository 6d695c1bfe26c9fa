import {
  CrashLoopError,
  MisuseError,
  NonDeterminismError,
  RuntimeClosedError,
  UnknownFunctionError,
} from '../../base/errors.ts';
import { runBlocked, runRemoved, signalTooLate } from '../../base/messages/runs.ts';
import { checkName } from '../../base/name-checks.ts';
import { findDefinition, unknownFunction } from '../../functions/definitions.ts';
import type { JournalEvent } from '../../journal/events.ts';
import { journalText } from '../../journal/journal-text.ts';
import { codeOf } from '../../journal/summary.ts';
import { cancelled } from '../../run/outcome.ts';
import type { Action } from '../../stores/actions.ts';
import {
  hasEnded,
  type NewMessage,
  type RunRecord,
  type RunStatus,
  type Sent,
  type Store,
} from '../../stores/store.ts';
import { decode, decodeError, encode } from '../../values/codec.ts';
import { Manifests } from '../run/manifests.ts';
import type { System } from '../time/system.ts';
import { type ActionOptions, type Audit, checkAction } from './audit.ts';
import { warnOfRoom } from './room-warning.ts';

/**
 * How often the result of a run that this process doesn't drive is looked for in the store, in ms: at first, and at last.
 * In between after a tenth of the time that it has taken so far.
 */
const POLL_MS = 200;
const LONGEST_POLL_MS = 2_000;

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
  | {
      readonly type: 'attempt-failed';
      readonly key: string;
      readonly startedAt: number;
      readonly at: number;
      readonly attempt: number;
      readonly retryAt: number;
      readonly worker: string;
    }
  | {
      readonly type: 'step-started';
      readonly key: string;
      readonly at: number;
      readonly attempt: number;
      readonly worker: string;
    }
  | { readonly type: 'plain' | 'begun' | 'made'; readonly key: string; readonly at: number }
  | { readonly type: 'wait-set'; readonly key: string; readonly at: number; readonly until: number }
  | { readonly type: 'wait-fired'; readonly key: string; readonly at: number; readonly worker: string }
  | { readonly type: 'expiry-set'; readonly key: string; readonly at: number; readonly until: number }
  | { readonly type: 'expired'; readonly key: string; readonly at: number; readonly worker: string }
  | { readonly type: 'received'; readonly key: string; readonly at: number; readonly ok: boolean }
  | { readonly type: 'callback-created'; readonly key: string; readonly at: number; readonly until?: number }
  | { readonly type: 'child-started'; readonly key: string; readonly at: number; readonly ok: boolean }
  | { readonly type: 'cancel-requested'; readonly at: number }
  | { readonly type: 'output'; readonly at: number }
  | { readonly type: 'run-ended'; readonly at: number; readonly ok: boolean };

/** One run, to ask about it. */
export interface Handle<R = unknown> {
  readonly id: string;
  /**
   * The return value of the run, or a rejection with the error that it throws, each as a decoded copy. For a run that this
   * process drives, no polling is needed. For a run that another process drives, or that is parked, the store is read every 0.2
   * to 2 s.
   *
   * Rejects with NonDeterminismError, UnknownFunctionError or CrashLoopError if the run is blocked, StoreError if its journal
   * couldn't be written, LeaseLostError if another worker took it over, RuntimeClosedError if the runtime was closed first.
   */
  result(): Promise<R>;
  status(): Promise<RunStatus>;
  /** The run as the store has it, with its attributes. */
  record(): Promise<RunRecord>;
  /** The journal so far, without values. */
  events(): Promise<readonly RunEvent[]>;
  /**
   * The whole journal as JSON, for `replay` of `use-durable/testing`. It holds what the journal holds: all values, and the
   * seed that the tokens of callbacks are made from, so keep it as you keep the store.
   */
  exportJournal(): Promise<string>;
  /**
   * Sends something to the run, for `waitFor(name)` or `signals(name)`. It is kept until the run waits for it, in the
   * order of sending; any process may send.
   *
   * Rejects with MisuseError if the run has ended, SerializationError, StoreError.
   */
  signal(name: string, payload?: unknown, options?: ActionOptions): Promise<void>;
  /**
   * Asks the run to end: what it waits for fails with a `CancelledError`, which its `catch` and `finally` see, and what
   * they await is carried out. The run is `cancelled` if it lets that error pass. Resolves when the request is durable;
   * nothing happens if the run has ended.
   */
  cancel(reason?: string, options?: ActionOptions): Promise<void>;
}

/** Where a handle gets the outcome of its run from. */
export interface HandleSource {
  readonly store: Store;
  readonly system: System;
  readonly closed: boolean;
  readonly audit: Audit;
  /** How many more runs this process may drive. */
  readonly room: number;
  /** The outcome of a run while this process drives it. */
  live(id: string): Promise<unknown> | undefined;
  /** Sends something to a run, and sees that it arrives soon. */
  send(id: string, message: NewMessage, action?: Action): Promise<Sent>;
  /** Resolves after `ms`, or when the runtime is closed. */
  pause(ms: number): Promise<void>;
  /** Drives a run from now on, if its owner is dead or its lease has run out, and its function is loaded. */
  takeOver(record: RunRecord): Promise<void>;
}

/** `over`: it failed, was cancelled or blocked, and resumes only on request; `stopped`: the worker had to let go. */
type Left = 'over' | 'stopped';

export class RunHandle implements Handle {
  readonly id: string;
  readonly #source: HandleSource;
  /** For a run that this process drives, or drove to its end. */
  #outcome: Promise<unknown> | undefined;
  /** Something awaits the result. */
  #awaited = false;
  /** How this process let go of the run, where that may not be its end: it may be resumed, here or elsewhere. */
  #left: Left | undefined;

  constructor(id: string, source: HandleSource, outcome?: Promise<unknown>) {
    this.id = id;
    this.#source = source;
    this.#outcome = outcome;
  }

  result(): Promise<unknown> {
    this.#awaited = true;
    if (this.#outcome === undefined) return this.#poll();
    return this.#left === undefined ? this.#outcome : this.#since(this.#left, this.#outcome);
  }

  /** This process doesn't drive the run any more, which has not completed. */
  left(how: Left): void {
    this.#left = how;
  }

  /** This process doesn't drive the run any more. Returns a promise for those that await its result. */
  parked(): Promise<unknown> | undefined {
    this.#outcome = undefined;
    return this.#awaited ? this.#poll() : undefined;
  }

  async status(): Promise<RunStatus> {
    return (await this.record()).status;
  }

  async record(): Promise<RunRecord> {
    const record = await this.#source.store.record(this.id);
    if (record === undefined) throw missing(this.id);
    return record;
  }

  async events(): Promise<readonly RunEvent[]> {
    const run = await this.#source.store.load(this.id);
    if (run === undefined) throw missing(this.id);
    return run.events.map(publicEvent);
  }

  async exportJournal(): Promise<string> {
    const run = await this.#source.store.load(this.id);
    if (run === undefined) throw missing(this.id);
    const manifests = await new Manifests(this.#source.store).all(codeOf(run.events));
    return journalText({ id: run.record.id, fn: run.record.fn, events: run.events, manifests });
  }

  async signal(name: string, payload?: unknown, options: ActionOptions = {}): Promise<void> {
    checkAction('signal', options);
    checkName('signal(name, payload): the name of a signal', name);
    const { by } = options;
    return this.#source.audit.perform(this.id, { action: 'signal', by, details: { name } }, (kept) =>
      this.#signal(name, payload, kept),
    );
  }

  async #signal(name: string, payload: unknown, action: Action | undefined): Promise<void> {
    const record = await this.#source.store.record(this.id);
    if (record === undefined) throw missing(this.id);
    // Asked first, since to send takes the write lock.
    if (hasEnded(record.status)) throw endedAlready(this.id, name);
    const classes = findDefinition(record.fn)?.classes;
    const value = await encode(payload, `payload of signal "${name}"`, classes);
    const sent = await this.#source.send(this.id, { kind: 'signal', name, ok: true, value }, action);
    if (sent === 'unknown') throw missing(this.id);
    if (sent === 'ended') throw endedAlready(this.id, name);
  }

  async cancel(reason?: string, options: ActionOptions = {}): Promise<void> {
    checkAction('cancel', options);
    const { value } = cancelled(reason);
    const details = reason === undefined ? undefined : { reason };
    const { by } = options;
    await this.#source.audit.perform(this.id, { action: 'cancel', by, details }, async (kept) => {
      const sent = await this.#source.send(this.id, { kind: 'cancel', name: '', ok: false, value }, kept);
      if (sent === 'unknown') throw missing(this.id);
    });
  }

  /** What became of a run that this process let go of. */
  async #since(left: Left, before: Promise<unknown>): Promise<unknown> {
    const live = this.#source.live(this.id);
    if (live !== undefined) return live;
    let record: RunRecord | undefined;
    try {
      record = await this.#source.store.record(this.id);
    } catch {
      // A store that is closed or fails knows no more than this handle.
      return before;
    }
    if (record !== undefined && hasEnded(record.status)) return this.#recorded(record);
    return record?.status === 'running' && left === 'over' ? this.#poll() : before;
  }

  async #poll(): Promise<unknown> {
    const { system } = this.#source;
    const since = system.uptime();
    while (true) {
      const live = this.#source.live(this.id);
      if (live !== undefined) return live;
      const { store } = this.#source;
      const record = await store.record(this.id);
      if (record === undefined) throw missing(this.id);
      if (hasEnded(record.status)) return this.#recorded(record);
      if (this.#source.closed) throw new RuntimeClosedError();
      if (record.status === 'blocked') {
        // One whose journal is damaged says so itself; to read that of another may be what kills processes.
        if (!isCrashLoop(record)) await store.load(this.id);
        if (!isStray(record) || findDefinition(record.fn) === undefined) throw blockedError(record);
      }
      await this.#source.takeOver(record);
      const taken = this.#source.live(this.id);
      if (taken !== undefined) return taken;
      if (this.#source.room <= 0) warnOfRoom(this.id);
      const tenth = (system.uptime() - since) / 10;
      const wait = Math.min(Math.max(POLL_MS, tenth), LONGEST_POLL_MS);
      await this.#source.pause(wait);
    }
  }

  async #recorded({ fn }: RunRecord): Promise<unknown> {
    const end = await this.#source.store.ended(this.id);
    if (end === undefined) throw missing(this.id);
    const classes = findDefinition(fn)?.classes;
    if (end.ok) return decode(end.value, classes);
    throw decodeError(end.value, classes);
  }
}

/** What keeps a blocked run, seen from here: its function may be unknown to this process, or its journal doesn't fit. */
function blockedError({ id, fn, reason }: RunRecord): Error {
  if (isCrashLoop({ id, reason })) return new CrashLoopError(id, reason!);
  if (findDefinition(fn) === undefined) return unknownFunction(id, fn);
  return new NonDeterminismError(id, reason ?? runBlocked());
}

const isCrashLoop = ({ id, reason }: Pick<RunRecord, 'id' | 'reason'>): boolean =>
  reason?.startsWith(CrashLoopError.about(id)) === true;

/** Blocked by a process that didn't know its function. */
const isStray = ({ id, fn, reason }: RunRecord): boolean => UnknownFunctionError.isReason(reason, id, fn);

const missing = (id: string): MisuseError => new MisuseError(runRemoved(id));

const endedAlready = (id: string, signal: string): MisuseError => new MisuseError(signalTooLate(id, signal));

/** An event without values, secrets and what only the store needs. */
function publicEvent(event: JournalEvent): RunEvent {
  const {
    value,
    seed,
    input,
    token,
    channel,
    message,
    output,
    version,
    deadline,
    trace,
    attributes,
    ...shown
  } = event as JournalEvent & Partial<Record<Hidden, unknown>>;
  return shown as RunEvent;
}

type Hidden =
  | 'value'
  | 'seed'
  | 'input'
  | 'token'
  | 'channel'
  | 'message'
  | 'output'
  | 'version'
  | 'deadline'
  | 'trace'
  | 'attributes';
