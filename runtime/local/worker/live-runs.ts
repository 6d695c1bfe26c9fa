import { LeaseLostError, MisuseError, RuntimeClosedError, StoreError } from '../../base/errors.ts';
import { runJournalTooNew, runRemovedMeanwhile } from '../../base/messages/runs.ts';
import type { Definition } from '../../functions/definition.ts';
import { findDefinition, unknownFunction } from '../../functions/definitions.ts';
import type { RecordedCode } from '../../journal/code-versions.ts';
import { JOURNAL_VERSION } from '../../journal/events.ts';
import { codeOf, lastKeyOf } from '../../journal/summary.ts';
import type { RunTrace } from '../../port/tracing.ts';
import type { Claim } from '../../stores/claims.ts';
import { isCrashLoop } from '../../stores/crashes.ts';
import { hasEnded, type Message, type Store, type StoredRun } from '../../stores/store.ts';
import { decode, decodeError } from '../../values/codec.ts';
import type { Trials } from '../run/crash-trials.ts';
import type { Ending } from '../run/ending.ts';
import { Execution } from '../run/execution.ts';
import {
  reportAccepted,
  reportEnding,
  reportFinishedVersions,
  reportTakenUp,
} from '../run/lifecycle-events.ts';
import type { Past } from '../run/past.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';
import { deferred } from '../time/deferred.ts';
import { refusalOfAccepted } from './accepted-order.ts';
import { Blocking } from './blocking.ts';
import { describeCrashLoop } from './crash-loop.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type HandleSource, RunHandle } from './handle.ts';
import { JournalMemory, type Reservation } from './journal-memory.ts';
import type { BlockedRun } from './options.ts';
import { StoreFailureRetries } from './store-failure-retries.ts';

interface LiveRun {
  readonly execution: Execution;
  readonly handle: RunHandle;
}

/** What `LiveRuns` needs of its worker. */
export interface LiveRunsOptions {
  readonly store: Store;
  readonly services: RuntimeServices;
  readonly dispatcher: Dispatcher;
  readonly source: HandleSource;
  /** How many runs may be under way here at a time. */
  readonly maxRuns: number;
  /** How many bytes of journals. */
  readonly maxBytes: number;
  readonly maxCrashes: number;
  readonly trials: Trials;
  readonly onBlocked: (run: BlockedRun) => void;
  /** Called when it is time to take up stranded runs again. */
  readonly retryStranded: () => Promise<boolean>;
}

/** The runs that this process drives, from their launch until it lets go of them. */
export class LiveRuns {
  readonly #options: LiveRunsOptions;
  readonly #runs = new Map<string, LiveRun>();
  readonly failureRetries: StoreFailureRetries;
  #closed = false;
  /** Places for runs that are being claimed. */
  #reserved = 0;
  /** The last claims of runs that are being loaded. */
  readonly #coming = new Map<string, Claim>();
  readonly #memory: JournalMemory;
  readonly #blocking: Blocking;

  constructor(options: LiveRunsOptions) {
    this.#options = options;
    const { store, services, source, dispatcher, onBlocked, maxBytes, retryStranded } = options;
    this.#memory = new JournalMemory(maxBytes);
    this.failureRetries = new StoreFailureRetries(retryStranded, services.hooks.system);
    const retries = this.failureRetries;
    this.#blocking = new Blocking({
      store,
      services,
      source,
      retries,
      onBlocked,
      onLost: () => dispatcher.doubt(),
    });
  }

  get(id: string): LiveRun | undefined {
    return this.#runs.get(id);
  }

  /** How many more runs may be under way here. */
  get room(): number {
    return this.#options.maxRuns - this.#runs.size - this.#coming.size - this.#reserved;
  }

  /**
   * Reserves places, and all of the free memory for journals, for the runs that a claim returns, until `release` is called.
   * A run that is taken up before that has a place of its own then.
   */
  reserve(places: number): Reservation & { release(): void } {
    // An unlimited number of places needs no reservation.
    const kept = Number.isFinite(places) ? places : 0;
    this.#reserved += kept;
    const { release, ...room } = this.#memory.reserve();
    return {
      ...room,
      release: () => {
        this.#reserved -= kept;
        release();
      },
    };
  }

  /** The ids of runs that this process drives, or is about to. */
  get driven(): readonly string[] {
    return [...this.#runs.keys(), ...this.#coming.keys(), ...this.failureRetries.ids()];
  }

  drives(id: string): boolean {
    return this.#runs.has(id) || this.#coming.has(id) || this.failureRetries.has(id);
  }

  executions(): readonly Execution[] {
    return [...this.#runs.values()].map(({ execution }) => execution);
  }

  /** No run is taken up from now on. */
  close(): void {
    this.#closed = true;
    this.failureRetries.close();
  }

  /** Delivers a message to its run. Returns false if this process does not drive the run. */
  deliver(id: string, message: Message): boolean {
    const run = this.#runs.get(id);
    run?.execution.deliver(message);
    return run !== undefined;
  }

  /** Resumes a run from its journal. A run that can't resume in this process is blocked. */
  async resume(claim: Claim): Promise<RunHandle> {
    const id = claim.runId;
    if ((this.#coming.get(id)?.token ?? 0) >= claim.token) return new RunHandle(id, this.#options.source);
    this.#coming.set(id, claim);
    this.#memory.hold(claim);
    try {
      return await this.#resume(claim);
    } finally {
      if (this.#coming.get(id) === claim) {
        this.#coming.delete(id);
        if (!this.#runs.has(id)) this.#letGo(id);
      }
    }
  }

  async #resume(claim: Claim): Promise<RunHandle> {
    const id = claim.runId;
    const { store, services, trials, maxCrashes } = this.#options;
    if (claim.crashes !== undefined && isCrashLoop(claim.crashes, maxCrashes)) {
      // Its journal is not read, since reading it may kill the process.
      const fn = (await store.record(id))?.fn ?? '';
      return this.#blocking.refuse(claim, fn, describeCrashLoop(id, fn, claim.crashes));
    }
    const trial = trials.begin(claim);
    let run: StoredRun | undefined;
    let code: RecordedCode | undefined;
    try {
      run = await store.load(id);
      if (run !== undefined) code = await services.manifests.recorded(codeOf(run.events));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // A damaged journal concerns its run only. If the store fails, the next attempt may succeed.
      return error.partial ? this.#blocking.refuse(claim, '', error) : this.#blocking.postpone(claim, error);
    }
    if (run === undefined) throw new MisuseError(runRemovedMeanwhile(id));
    if (this.#closed) throw new RuntimeClosedError();
    // It was claimed again meanwhile, or its end was recorded and this process has not seen that.
    if (this.#coming.get(id) !== claim || hasEnded(run.record.status))
      return new RunHandle(id, this.#options.source);
    const { fn } = run.record;
    const [started] = run.events;
    if (started?.type === 'run-started' && started.version > JOURNAL_VERSION)
      return this.#blocking.refuse(claim, fn, newerJournal(id, started.version));
    const newest = findDefinition(fn);
    if (newest === undefined) return this.#blocking.refuse(claim, fn, unknownFunction(id, fn));
    const definition = code?.definitions.get(newest.id) ?? newest;
    const { record, events, messages } = run;
    const other = code && refusalOfAccepted(id, definition, code, events);
    if (other !== undefined) return this.#blocking.refuse(claim, fn, other);
    const last = events.at(-1);
    if (last?.type === 'accepted') reportAccepted(services, id, definition, last.version, events);
    trial?.replayed(events.length, lastKeyOf(events));
    services.manifests.note(definition);
    const trace = reportTakenUp(services, definition, run);
    return this.launch(claim, definition, { record, events, messages, code, trial }, trace);
  }

  /** The run is no longer in memory. */
  #letGo(id: string): void {
    this.#options.trials.end(id);
    this.#memory.free(id);
    this.#options.dispatcher.roomMade();
  }

  /** Resumes a run that the dispatcher has found. */
  takeUp(claim: Claim): void {
    this.resume(claim).catch(() => {
      // The run could not be loaded. This worker keeps its claim.
      this.failureRetries.add(claim);
    });
  }

  launch(
    claim: Claim,
    definition: Definition,
    before: Omit<Past, 'trace' | 'early'>,
    trace: RunTrace | undefined,
  ): RunHandle {
    const { services, source } = this.#options;
    const live = this.#runs.get(claim.runId);
    // The later one of two claims counts: the execution of the other one ends.
    if (live !== undefined && live.execution.claim.token >= claim.token) return live.handle;
    live?.execution.fenced();
    this.#memory.hold(claim);
    this.failureRetries.drop(claim);
    services.lease.guard();
    const { promise, resolve, reject } = deferred();
    const early = services.poller.takeEarly(claim.runId);
    const execution = new Execution(services, claim, definition, { ...before, early, trace }, (ending) => {
      this.#runs.delete(claim.runId);
      reportEnding(execution, ending);
      this.#letGo(claim.runId);
      this.#conclude(execution, handle, ending, resolve, reject);
      if (ending.type !== 'ended') return;
      services.poller.hint();
      void reportFinishedVersions(execution);
    });
    const handle = new RunHandle(claim.runId, source, promise);
    this.#runs.set(claim.runId, { execution, handle });
    execution.launch();
    return handle;
  }

  /** A run that could resume waits for a place: parks some runs that only wait. */
  makeRoom(): void {
    this.sweep(0, Math.ceil(this.#options.maxRuns / 10));
  }

  /** A journal waits for memory: parks runs until half of it is free. */
  makeRoomForBytes(): void {
    const enough = this.#memory.excess;
    let freed = 0;
    for (const execution of this.executions()) {
      if (freed >= enough) return;
      const size = this.#memory.sizeOf(execution.runId);
      if (size > 0 && this.#park(execution, 0)) freed += size;
    }
  }

  /** Parks at most `limit` runs that have nothing to do for `ms`. */
  sweep(ms: number, limit = Number.POSITIVE_INFINITY): void {
    let left = limit;
    for (const execution of this.executions()) {
      if (left <= 0) return;
      if (this.#park(execution, ms)) left--;
    }
  }

  /** Parks the run if it has nothing to do for `ms`. Returns false if it has. */
  #park(execution: Execution, ms: number): boolean {
    const parked = execution.parkable(ms);
    if (parked === undefined) return false;
    const { claim } = execution;
    void execution.park(() => this.#options.store.park(claim, parked.until, parked.seen));
    return true;
  }

  #conclude(
    { claim, definition }: Execution,
    handle: RunHandle,
    ending: Ending,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ): void {
    if (ending.type === 'ended') {
      const { ok, value } = ending.outcome;
      if (!ok) handle.left('over');
      try {
        if (ok) resolve(decode(value, definition.classes));
        else reject(decodeError(value, definition.classes));
      } catch (error) {
        reject(error);
      }
      return;
    }
    if (ending.type === 'parked') {
      const later = handle.parked();
      if (later !== undefined) resolve(later);
      this.#options.dispatcher.start();
      return;
    }
    const { error } = ending;
    handle.left('stopped');
    if (ending.type === 'blocked') {
      void this.#blocking.block(claim, definition.id, error, handle).then(reject);
      return;
    }
    if (error instanceof StoreError) this.failureRetries.add(claim);
    // A later claim may be one of this worker, whose answer was lost.
    if (error instanceof LeaseLostError) this.#options.dispatcher.doubt();
    reject(error);
  }
}

const newerJournal = (id: string, version: number): StoreError =>
  new StoreError(runJournalTooNew(id, version, JOURNAL_VERSION));
