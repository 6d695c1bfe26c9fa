import { outside } from '../context.ts';
import { type Definition, findDefinition, unknownFunction } from '../definitions.ts';
import { LeaseLostError, MisuseError, RuntimeClosedError, StoreError } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import { type Claim, hasEnded, type Message, type Store, type StoredRun } from '../stores/store.ts';
import { textOf } from '../thrown.ts';
import type { RunTrace } from '../tracing.ts';
import { decode, decodeError } from '../values/codec.ts';
import { deferred } from './deferred.ts';
import type { Dispatcher } from './dispatcher.ts';
import { JOURNAL_VERSION } from './events.ts';
import { type Ending, Execution, type Past } from './execution.ts';
import { type HandleSource, RunHandle } from './handle.ts';
import type { Host } from './host.ts';
import type { BlockedRun } from './options.ts';
import { Stranded } from './stranded.ts';
import { codeOf } from './summary.ts';
import { tellBlocked, tellEnding, tellStopped, tellTakenUp } from './telling.ts';

interface LiveRun {
  readonly execution: Execution;
  readonly handle: RunHandle;
}

/** What `LiveRuns` needs of its worker. */
export interface LiveRunsOptions {
  readonly store: Store;
  readonly host: Host;
  readonly dispatcher: Dispatcher;
  readonly source: HandleSource;
  /** How many runs may be under way here at a time. */
  readonly maxRuns: number;
  readonly onBlocked: (run: BlockedRun) => void;
  /** Called when it is time to take up stranded runs again. */
  readonly retryStranded: () => Promise<void>;
}

/** The runs that are under way in this process, from their launch to the moment when it lets go of them. */
export class LiveRuns {
  readonly #options: LiveRunsOptions;
  readonly #runs = new Map<string, LiveRun>();
  readonly stranded: Stranded;
  #closed = false;
  /** Places that are kept free. */
  #reserved = 0;
  /** Runs that are being taken up, by the last claim of each. */
  readonly #coming = new Map<string, Claim>();

  constructor(options: LiveRunsOptions) {
    this.#options = options;
    this.stranded = new Stranded(options.retryStranded, options.host.lab.system);
  }

  get(id: string): LiveRun | undefined {
    return this.#runs.get(id);
  }

  /** How many more runs may be under way here. */
  get room(): number {
    return this.#options.maxRuns - this.#runs.size - this.#reserved;
  }

  /** Keeps a place free for what `work` takes up. */
  async reserve<T>(work: () => Promise<T>): Promise<T> {
    this.#reserved++;
    try {
      return await work();
    } finally {
      this.#reserved--;
    }
  }

  /** The ids of runs that this process drives, or is about to. */
  get driven(): readonly string[] {
    return [...this.#runs.keys(), ...this.#coming.keys(), ...this.stranded.ids()];
  }

  drives(id: string): boolean {
    return this.#runs.has(id) || this.#coming.has(id) || this.stranded.has(id);
  }

  executions(): readonly Execution[] {
    return [...this.#runs.values()].map(({ execution }) => execution);
  }

  /** From now on nothing is taken up any more. */
  close(): void {
    this.#closed = true;
    this.stranded.close();
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
    try {
      return await this.#resume(claim);
    } finally {
      if (this.#coming.get(id) === claim) this.#coming.delete(id);
    }
  }

  async #resume(claim: Claim): Promise<RunHandle> {
    const id = claim.runId;
    let run: StoredRun | undefined;
    let manifests: ReadonlyMap<string, Manifest> = new Map();
    try {
      run = await this.#options.store.load(id);
      if (run !== undefined) manifests = await this.#options.host.manifests.others(codeOf(run.events));
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
    this.#options.host.manifests.note(definition);
    const trace = tellTakenUp(this.#options.host, definition, run);
    return this.launch(claim, definition, { events, messages, manifests }, trace);
  }

  /** Drives a run that the dispatcher has found. */
  takeUp(claim: Claim): void {
    this.resume(claim).catch(() => {
      // Its journal couldn't even be asked for: the run stays ours.
      this.stranded.add(claim);
    });
  }

  launch(
    claim: Claim,
    definition: Definition,
    { events, messages, manifests }: Omit<Past, 'trace' | 'early'>,
    trace: RunTrace | undefined,
  ): RunHandle {
    const { host, dispatcher, source, maxRuns } = this.#options;
    const live = this.#runs.get(claim.runId);
    // Of two claims the later one counts: what the other one drives is over.
    if (live !== undefined && live.execution.claim.token >= claim.token) return live.handle;
    live?.execution.fenced();
    this.stranded.drop(claim);
    const { promise, resolve, reject } = deferred();
    const early = host.postman.takeEarly(claim.runId);
    const past = { events, messages, early, manifests, trace };
    const execution = new Execution(host, claim, definition, past, (ending) => {
      this.#runs.delete(claim.runId);
      tellEnding(execution, ending);
      // There is room for another one.
      if (Number.isFinite(maxRuns)) void dispatcher.look();
      this.#conclude(execution, handle, ending, resolve, reject);
      if (ending.type === 'ended') host.postman.hint();
    });
    const handle = new RunHandle(claim.runId, source, promise);
    this.#runs.set(claim.runId, { execution, handle });
    execution.launch();
    return handle;
  }

  /** Drops runs that have nothing to do for so many ms, so many of them at most. */
  sweep(ms: number, limit = Number.POSITIVE_INFINITY): void {
    let left = limit;
    for (const execution of this.executions()) {
      const parked = left > 0 ? execution.parkable(ms) : undefined;
      if (parked === undefined) continue;
      left--;
      const { claim } = execution;
      void execution.park(() => this.#options.store.park(claim, parked.until, parked.seen));
    }
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
    if (error instanceof StoreError) this.stranded.add(claim);
    // A later claim may be this worker's own, of which it hasn't heard.
    if (error instanceof LeaseLostError) this.#options.dispatcher.doubt();
    reject(error);
  }

  /** A run whose journal can't be asked for now: it stays ours. */
  #postpone(claim: Claim, error: StoreError): RunHandle {
    const { promise, reject } = deferred();
    const handle = new RunHandle(claim.runId, this.#options.source, promise);
    handle.left('stopped');
    this.stranded.add(claim);
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
    const { store, host } = this.#options;
    const id = claim.runId;
    try {
      if (!(await store.block(claim, reasonOf(error)))) {
        this.#options.dispatcher.doubt();
        const lost = new LeaseLostError(id);
        tellStopped(host, id, fn, lost);
        return lost;
      }
      handle.left('over');
    } catch {
      // The journal is untouched all the same, and why the run can't go on matters more than that it isn't noted.
      this.stranded.add(claim);
    }
    tellBlocked(host, id, fn, error);
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
  process.emitWarning(`onBlocked threw. ${textOf(thrown, true)}`, { code: 'USE_DURABLE_LISTENER' });

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
