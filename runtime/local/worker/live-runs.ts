import { textOf } from '../../base/error-text.ts';
import {
  CrashLoopError,
  LeaseLostError,
  MisuseError,
  RuntimeClosedError,
  StoreError,
} from '../../base/errors.ts';
import { onBlockedThrew } from '../../base/messages/warnings.ts';
import { emitWarning } from '../../base/warnings.ts';
import { type Definition, findDefinition, unknownFunction } from '../../functions/definitions.ts';
import type { Manifest } from '../../functions/manifest.ts';
import { JOURNAL_VERSION } from '../../journal/events.ts';
import { codeOf, lastKeyOf } from '../../journal/summary.ts';
import type { RunTrace } from '../../port/tracing.ts';
import { outside } from '../../run/context.ts';
import { isCrashLoop } from '../../stores/crashes.ts';
import { type Claim, hasEnded, type Message, type Store, type StoredRun } from '../../stores/store.ts';
import { decode, decodeError } from '../../values/codec.ts';
import type { Trials } from '../run/crash-trials.ts';
import type { Ending } from '../run/ending.ts';
import { Execution } from '../run/execution.ts';
import { reportBlocked, reportEnding, reportStopped, reportTakenUp } from '../run/lifecycle-events.ts';
import type { Past } from '../run/past.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';
import { deferred } from '../time/deferred.ts';
import { describeCrashLoop } from './crash-loop.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type HandleSource, RunHandle } from './handle.ts';
import type { BlockedRun } from './options.ts';
import { StoreFailureRetries } from './store-failure-retries.ts';

interface LiveRun {
  readonly execution: Execution;
  readonly handle: RunHandle;
}

interface Reservation {
  readonly bytes: number | undefined;
  /** One run may be taken, however large. */
  readonly atLeastOne: boolean;
  release(): void;
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

/** The runs that are under way in this process, from their launch to the moment when it lets go of them. */
export class LiveRuns {
  readonly #options: LiveRunsOptions;
  readonly #runs = new Map<string, LiveRun>();
  readonly failureRetries: StoreFailureRetries;
  #closed = false;
  /** Places that are kept for runs that are being claimed. */
  #reserved = 0;
  /** Runs that are being taken up, by the last claim of each. */
  readonly #coming = new Map<string, Claim>();
  /** The sizes of the journals of runs that are under way, or are being taken up. */
  readonly #sizes = new Map<string, number>();
  #bytes = 0;
  /** Somebody claims runs up to the size for which there is room. */
  #claiming = false;

  constructor(options: LiveRunsOptions) {
    this.#options = options;
    this.failureRetries = new StoreFailureRetries(options.retryStranded, options.services.hooks.system);
  }

  get(id: string): LiveRun | undefined {
    return this.#runs.get(id);
  }

  /** How many more runs may be under way here. */
  get room(): number {
    return this.#options.maxRuns - this.#runs.size - this.#coming.size - this.#reserved;
  }

  /**
   * Keeps so many places, and all the room for journals, for what is claimed until `release` is called. What is taken up
   * before that has places of its own then. `bytes` is undefined while another one keeps that room.
   */
  reserve(places: number): Reservation {
    // Where there is no limit, nothing is to be kept.
    const kept = Number.isFinite(places) ? places : 0;
    this.#reserved += kept;
    const bytes = this.#claiming ? undefined : Math.max(this.#options.maxBytes - this.#bytes, 0);
    const isFirst = !this.#claiming;
    if (isFirst) this.#claiming = true;
    const release = (): void => {
      this.#reserved -= kept;
      if (isFirst) this.#claiming = false;
    };
    return { bytes, atLeastOne: isFirst && this.#sizes.size === 0, release };
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

  /** From now on nothing is taken up any more. */
  close(): void {
    this.#closed = true;
    this.failureRetries.close();
  }

  /** Gives a message to the run that it is for; false if that isn't under way here. */
  deliver(id: string, message: Message): boolean {
    const run = this.#runs.get(id);
    run?.execution.deliver(message);
    return run !== undefined;
  }

  /** Goes on with a run from its journal; one that can't go on in this process is blocked. */
  async resume(claim: Claim): Promise<RunHandle> {
    const id = claim.runId;
    if ((this.#coming.get(id)?.token ?? 0) >= claim.token) return new RunHandle(id, this.#options.source);
    this.#coming.set(id, claim);
    this.#hold(claim);
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
      // Its journal is not read: that may be what kills the process.
      const fn = (await store.record(id))?.fn ?? '';
      return this.#refuse(claim, fn, describeCrashLoop(id, fn, claim.crashes));
    }
    const trial = trials.begin(claim);
    let run: StoredRun | undefined;
    let manifests: ReadonlyMap<string, Manifest> = new Map();
    try {
      run = await store.load(id);
      if (run !== undefined) manifests = await services.manifests.others(codeOf(run.events));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // A journal that is damaged is the trouble of its run alone. Of a store that fails the next try may hear more.
      return error.partial ? this.#refuse(claim, '', error) : this.#postpone(claim, error);
    }
    if (run === undefined) throw new MisuseError(`The run "${id}" was removed from the store meanwhile.`);
    if (this.#closed) throw new RuntimeClosedError();
    // It was claimed again meanwhile; or its end was recorded, and this process hasn't heard of it.
    if (this.#coming.get(id) !== claim || hasEnded(run.record.status))
      return new RunHandle(id, this.#options.source);
    const { fn } = run.record;
    const [started] = run.events;
    if (started?.type === 'run-started' && started.version > JOURNAL_VERSION)
      return this.#refuse(claim, fn, newerJournal(id, started.version));
    const definition = findDefinition(fn);
    if (definition === undefined) return this.#refuse(claim, fn, unknownFunction(id, fn));
    const { events, messages } = run;
    trial?.replayed(events.length, lastKeyOf(events));
    services.manifests.note(definition);
    const trace = reportTakenUp(services, definition, run);
    return this.launch(claim, definition, { events, messages, manifests, trial }, trace);
  }

  #hold({ runId, bytes = 0 }: Claim): void {
    if (bytes === 0 || this.#sizes.has(runId)) return;
    this.#sizes.set(runId, bytes);
    this.#bytes += bytes;
  }

  /** Nothing of the run is in memory any more. */
  #letGo(id: string): void {
    this.#options.trials.end(id);
    this.#bytes -= this.#sizes.get(id) ?? 0;
    this.#sizes.delete(id);
    this.#options.dispatcher.roomMade();
  }

  /** Drives a run that the dispatcher has found. */
  takeUp(claim: Claim): void {
    this.resume(claim).catch(() => {
      // Its journal couldn't even be asked for: the run stays ours.
      this.failureRetries.add(claim);
    });
  }

  launch(
    claim: Claim,
    definition: Definition,
    { events, messages, manifests, trial }: Omit<Past, 'trace' | 'early'>,
    trace: RunTrace | undefined,
  ): RunHandle {
    const { services, source } = this.#options;
    const live = this.#runs.get(claim.runId);
    // Of two claims the later one counts: what the other one drives is over.
    if (live !== undefined && live.execution.claim.token >= claim.token) return live.handle;
    live?.execution.fenced();
    this.#hold(claim);
    this.failureRetries.drop(claim);
    services.lease.guard();
    const { promise, resolve, reject } = deferred();
    const early = services.poller.takeEarly(claim.runId);
    const past = { events, messages, early, manifests, trace, trial };
    const execution = new Execution(services, claim, definition, past, (ending) => {
      this.#runs.delete(claim.runId);
      reportEnding(execution, ending);
      this.#letGo(claim.runId);
      this.#conclude(execution, handle, ending, resolve, reject);
      if (ending.type === 'ended') services.poller.hint();
    });
    const handle = new RunHandle(claim.runId, source, promise);
    this.#runs.set(claim.runId, { execution, handle });
    execution.launch();
    return handle;
  }

  /** A run that could go on waits for a place: some of those that only wait give theirs. */
  makeRoom(): void {
    this.sweep(0, Math.ceil(this.#options.maxRuns / 10));
  }

  /** A journal waits for room in memory. */
  makeRoomForBytes(): void {
    const enough = this.#bytes - this.#options.maxBytes / 2;
    let freed = 0;
    for (const execution of this.executions()) {
      if (freed >= enough) return;
      const size = this.#sizes.get(execution.runId) ?? 0;
      if (size > 0 && this.#park(execution, 0)) freed += size;
    }
  }

  /** Drops runs that have nothing to do for so many ms, so many of them at most. */
  sweep(ms: number, limit = Number.POSITIVE_INFINITY): void {
    let left = limit;
    for (const execution of this.executions()) {
      if (left <= 0) return;
      if (this.#park(execution, ms)) left--;
    }
  }

  /** True if the run has nothing to do for so many ms, and so is dropped. */
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
      void this.#block(claim, definition.id, error, handle).then(reject);
      return;
    }
    if (error instanceof StoreError) this.failureRetries.add(claim);
    // A later claim may be this worker's own, of which it hasn't heard.
    if (error instanceof LeaseLostError) this.#options.dispatcher.doubt();
    reject(error);
  }

  /** A run whose journal can't be asked for now: it stays ours. */
  #postpone(claim: Claim, error: StoreError): RunHandle {
    const { promise, reject } = deferred();
    const handle = new RunHandle(claim.runId, this.#options.source, promise);
    handle.left('stopped');
    this.failureRetries.add(claim);
    reject(error);
    return handle;
  }

  /** A run that can't go on in this process. */
  async #refuse(claim: Claim, fn: string, error: Error): Promise<RunHandle> {
    const { promise, reject } = deferred();
    const handle = new RunHandle(claim.runId, this.#options.source, promise);
    handle.left('stopped');
    reject(await this.#block(claim, fn, error, handle));
    return handle;
  }

  /** Marks a run as blocked in the store; gives what its `result()` is to reject with. */
  async #block(claim: Claim, fn: string, error: Error, handle: RunHandle): Promise<Error> {
    const { store, services } = this.#options;
    const id = claim.runId;
    try {
      if (!(await store.block(claim, reasonOf(error), error instanceof CrashLoopError))) {
        this.#options.dispatcher.doubt();
        const lost = new LeaseLostError(id);
        reportStopped(services, id, fn, lost);
        return lost;
      }
      handle.left('over');
    } catch {
      // The journal is untouched all the same, and why the run can't go on matters more than that it isn't noted.
      this.failureRetries.add(claim);
    }
    reportBlocked(services, id, fn, error);
    try {
      const told: unknown = outside(() => this.#options.onBlocked({ id, fn, error }));
      if (told instanceof Promise) told.catch(warnOfListener);
    } catch (thrown) {
      warnOfListener(thrown);
    }
    return error;
  }
}

/** That a run is blocked is told all the same, by its `result()`. */
const warnOfListener = (thrown: unknown): void =>
  emitWarning('USE_DURABLE_LISTENER', onBlockedThrew(textOf(thrown, true)));

/** What an error says, in a length that is read and kept: it may quote a value. */
function reasonOf({ message }: Error): string {
  return message.length > LONGEST_REASON ? `${message.slice(0, LONGEST_REASON)}...` : message;
}

const LONGEST_REASON = 10_000;

const newerJournal = (id: string, version: number): StoreError =>
  new StoreError(
    `The journal of run "${id}" has version ${version}, and this use-durable reads ${JOURNAL_VERSION} at most. Update it; ` +
      `the run is left as it is.`,
  );
