import type { ChildRequest, Outcome, Until } from '../backend.ts';
import { type Definition, definedFunctions, findDefinition, isOf, unknownFunction } from '../definitions.ts';
import { parseSpan } from '../durations.ts';
import {
  MisuseError,
  RunConflictError,
  RuntimeClosedError,
  SerializationError,
  type StoreError,
  storeError,
} from '../errors.ts';
import { Observers } from '../observe/observers.ts';
import { DONE, failure } from '../outcome.ts';
import { copyOfPolicy } from '../policy.ts';
import { QuietTracing } from '../quiet-tracing.ts';
import {
  type Claim,
  type ClaimWish,
  type Completed,
  hasEnded,
  type Message,
  type NewMessage,
  type RunRecord,
  type Sent,
  type Store,
} from '../stores/store.ts';
import { andThen, within } from './deferred.ts';
import { Dispatcher } from './dispatcher.ts';
import { JOURNAL_VERSION, type RunStarted } from './events.ts';
import { type HandleSource, RunHandle } from './handle.ts';
import type { Host } from './host.ts';
import { Journal } from './journal.ts';
import { systemLab } from './lab.ts';
import { Lease } from './lease.ts';
import { LiveRuns } from './live-runs.ts';
import { Manifests } from './manifests.ts';
import type { BlockedRun, RuntimeOptions } from './options.ts';
import { Postman } from './postman.ts';
import { Retention } from './retention.ts';
import { rewind } from './rewind.ts';
import { Scheduler } from './scheduler.ts';
import { assertFits } from './sizes.ts';
import { StepLimits } from './step-limits.ts';
import type { System, SystemTimer } from './system.ts';
import { tellStarted } from './telling.ts';
import { systemClock, Timers } from './timers.ts';
import { UnrecordedWatch } from './unrecorded.ts';

/** A run that is to be started. */
export interface Order {
  readonly id: string;
  readonly definition: Definition;
  readonly input: () => string | Promise<string>;
  readonly until: Until | undefined;
  /** Before anything else happens, as a call of a plain function does, and not in one transaction with other runs. */
  readonly atOnce: boolean;
  /** Nobody's call but the clock's: it belongs to no trace that is active by chance. */
  readonly apart?: boolean;
}

/**
 * Drives runs: creates and claims them, keeps those that are under way, lets go of those that wait for long or can't go
 * on. One worker a runtime.
 */
export class LocalWorker implements HandleSource {
  readonly store: Store;
  readonly system: System;
  readonly observers = new Observers();
  readonly #host: Host;
  readonly #lease: Lease;
  readonly #dispatcher: Dispatcher;
  readonly scheduler: Scheduler;
  readonly #sweeper: SystemTimer | undefined;
  readonly #retention: Retention | undefined;
  readonly #postman: Postman;
  readonly #runs: LiveRuns;
  /** Runs being created or loaded, so that two calls in one tick make one run. */
  readonly #opening = new Map<string, Promise<RunHandle>>();
  /** Handles that wait until they look again. */
  readonly #pauses = new Set<() => void>();
  #closed = false;

  constructor({
    store,
    leaseMs = 30_000,
    parkAfterMs = 60_000,
    onBlocked = warn,
    clock = systemClock,
    lab = systemLab,
    stepPolicy,
    tracing,
    maxRuns = Number.POSITIVE_INFINITY,
    maxSteps = {},
    retention,
  }: RuntimeOptions) {
    const { system } = lab;
    this.store = store;
    this.system = system;
    const keeper = {
      lost: () => {
        this.#runs.stranded.takeAll();
        for (const execution of this.#runs.executions()) execution.fenced();
        // The other worker may not have taken all of them, or not know all their functions.
        this.#dispatcher.doubt();
        this.#dispatcher.start();
      },
      failed: (error: StoreError) => {
        for (const execution of this.#runs.executions()) execution.failed(error);
      },
    };
    this.#lease = new Lease(store, leaseMs, keeper, system);
    const deliver = (id: string, message: Message): boolean => this.#runs.deliver(id, message);
    this.#postman = new Postman(store, this.#lease.worker, deliver, lab.alone, system);
    const driver = {
      room: () => this.#runs.room,
      take: (claim: Claim) => this.#runs.takeUp(claim),
      driven: () => this.#driven,
      makeRoom: () => this.#runs.sweep(0, Math.ceil(maxRuns / 10)),
    };
    this.#dispatcher = new Dispatcher(store, this.#lease, clock, driver, lab.alone, system);
    this.#host = {
      store,
      journal: new Journal(store, this.#lease, lab.turn),
      timers: new Timers(clock),
      clock,
      lease: this.#lease,
      stepPolicy: stepPolicy && copyOfPolicy(stepPolicy),
      limits: new StepLimits(maxSteps),
      postman: this.#postman,
      manifests: new Manifests(store),
      unrecorded: new UnrecordedWatch(system),
      lab,
      observers: this.observers,
      tracing: tracing && new QuietTracing(tracing),
      startChild: (child, parent) => this.#startChild(child, parent),
    };
    this.#runs = new LiveRuns({
      store,
      host: this.#host,
      dispatcher: this.#dispatcher,
      source: this,
      maxRuns,
      onBlocked,
      retryStranded: () => this.#retryStranded(),
    });
    this.scheduler = new Scheduler(store, clock, this.#host.timers);
    if (retention !== undefined) {
      this.#retention = new Retention(store, clock, parseSpan('retention', retention));
    }
    if (Number.isFinite(parkAfterMs)) {
      const interval = Math.min(parkAfterMs / 2, LONGEST_INTERVAL);
      this.#sweeper = system.setInterval(() => this.#runs.sweep(parkAfterMs), interval).unref();
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.system.clear(timer);
        this.#pauses.delete(end);
        resolve();
      };
      const timer = this.system.setTimeout(end, ms);
      this.#pauses.add(end);
    });
  }

  live(id: string): Promise<unknown> | undefined {
    return this.#runs.get(id)?.handle.result();
  }

  /** The handle of a run that is under way here. */
  handle(id: string): RunHandle | undefined {
    return this.#runs.get(id)?.handle;
  }

  async takeOver({ id, fn }: RunRecord): Promise<void> {
    if (this.#closed || this.#runs.room <= 0 || findDefinition(fn) === undefined) return;
    if (this.#opening.has(id)) return;
    await this.#runs.reserve(async () => {
      for (const claim of await this.#claim({ only: id })) await this.#runs.resume(claim);
    });
  }

  async send(id: string, message: NewMessage): Promise<Sent> {
    this.assertOpen();
    const what =
      message.kind === 'signal' ? `payload of signal "${message.name}"` : 'reason of the cancellation';
    assertFits(this.store, what, message.value);
    const sent = await this.store.send(id, message);
    if (sent === 'sent') await this.#deliverMail();
    return sent;
  }

  async complete(token: string, outcome: Outcome): Promise<Completed> {
    this.assertOpen();
    assertFits(this.store, `${outcome.ok ? 'value' : 'error'} of the callback`, outcome.value);
    const completed = await this.store.complete(token, outcome, this.#host.clock.now());
    if (completed === 'completed') await this.#deliverMail();
    return completed;
  }

  /** Takes up all that is free, and goes on looking for more. */
  async recover(): Promise<readonly RunHandle[]> {
    this.assertOpen();
    // What it holds may be another's by now.
    if (!this.#lease.held) await this.#lease.renew();
    this.#lease.assertHeld();
    await this.#host.manifests.renames.learn();
    const room = this.#runs.room - this.#runs.stranded.size;
    const wish = { fns: definedFunctions(), strays: true };
    const claimed = await this.#claim(Number.isFinite(room) ? { ...wish, limit: Math.max(room, 0) } : wish);
    const claims = [...this.#runs.stranded.takeAll(), ...claimed];
    const handles = await Promise.all(claims.map((claim) => this.#runs.resume(claim)));
    this.#dispatcher.start();
    return handles;
  }

  /** A worker takes up by itself what stopped because the store failed, once that can be written again. */
  async #retryStranded(): Promise<void> {
    if (!this.#dispatcher.started || !(await this.#lease.works())) return;
    for (const claim of this.#runs.stranded.takeAll(this.#runs.room)) this.#runs.takeUp(claim);
  }

  /** Takes up a blocked run, or one that has ended from before it went wrong. */
  async resume(record: RunRecord, forget: boolean): Promise<RunHandle> {
    this.assertOpen();
    const { id, status } = record;
    const live = this.handle(id);
    if (live !== undefined) return live;
    if (!hasEnded(status)) {
      const [claim] = await this.#claim({ only: id });
      return claim === undefined ? new RunHandle(id, this) : this.#resumeOrPostpone(claim);
    }
    const run = await this.store.load(id);
    const seq = rewind(id, run?.events ?? [], this.#host.clock.now(), forget);
    const claim = await this.#sure(() => this.store.reopen(id, seq, this.#lease.claimant()));
    if (claim === null) throw new MisuseError(`The run "${id}" is not over any more; ask for it again.`);
    return this.#resumeOrPostpone(claim);
  }

  /** Lets steps end, for so many ms at most, and gives up all runs; they go on after a `recover()`. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    this.#runs.close();
    this.system.clear(this.#sweeper);
    this.#retention?.stop();
    this.scheduler.stop();
    this.#dispatcher.stop();
    this.#postman.stop();
    this.#host.unrecorded.stop();
    await within(this.system, timeoutMs, this.#wind());
    for (const execution of this.#runs.executions()) execution.abandon(new RuntimeClosedError());
    this.#host.timers.close();
    for (const end of [...this.#pauses]) end();
    this.#lease.stop();
    await this.store.release(this.#lease.worker);
  }

  async #wind(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
    await Promise.all(this.#runs.executions().map((execution) => execution.wind()));
    await this.#host.journal.flushed();
  }

  /** By the clock of the runtime, ms since the epoch. */
  get now(): number {
    return this.#host.clock.now();
  }

  assertOpen(): void {
    if (this.#closed) throw new RuntimeClosedError();
  }

  /**
   * Starts a run, or gives the handle of the run that has its id. Throws or rejects as `Runtime.start`. Not async up to the
   * launch, for those that are to begin at once.
   */
  start(order: Order): Promise<RunHandle> | RunHandle {
    this.assertOpen();
    const { id, definition } = order;
    const live = this.#runs.get(id);
    if (live !== undefined) {
      assertSame(id, live.execution.definition.id, definition);
      return live.handle;
    }
    const opening = this.#opening.get(id);
    if (opening !== undefined) {
      const again = (): Promise<RunHandle> | RunHandle => this.start(order);
      return opening.then(again, again);
    }
    const handle = this.#create(order);
    if (handle instanceof RunHandle) return handle;
    const done = handle.finally(() => this.#opening.delete(id));
    this.#opening.set(id, done);
    return done;
  }

  #create(order: Order): Promise<RunHandle> | RunHandle {
    // After a long stop, what is started must not look like the work of a worker that is gone.
    if (!this.#lease.held) {
      return this.#lease.renew().then(() => {
        this.#lease.assertHeld();
        return this.#create(order);
      });
    }
    const { id, definition, input: encodeInput, until, atOnce, apart } = order;
    return andThen(encodeInput(), (input) => {
      assertFits(this.store, `arguments of "${definition.id}"`, input);
      const at = this.#host.clock.now();
      const parent = apart ? null : undefined;
      const trace = this.#host.tracing?.begin({ runId: id, fn: definition.id, parent });
      const { version } = definition.meta;
      const plain: RunStarted = {
        type: 'run-started',
        version: JOURNAL_VERSION,
        fn: definition.id,
        input,
        seed: this.system.random(32),
        at,
        ...(trace?.origin && { trace: trace.origin }),
        ...(version !== undefined && { code: { [definition.id]: version } }),
      };
      const started = until === undefined ? plain : { ...plain, deadline: until(at) };
      const create = (): Claim | null | Promise<Claim | null> =>
        atOnce
          ? this.store.create(id, started, this.#lease.claimant())
          : this.#host.journal.create(id, started);
      const created = andThen(this.#host.manifests.keep(definition), () => this.#sure(create));
      return andThen(created, (claim) => {
        if (claim === null) return this.#join(id, definition);
        tellStarted(this.#host, id, definition.id, at);
        if (this.#runs.room <= 0) {
          trace?.end('parked');
          return this.#postpone(claim);
        }
        const past = { events: [started], messages: [], manifests: new Map<string, never>() };
        return this.#runs.launch(claim, definition, past, trace);
      });
    });
  }

  /** Leaves a run in the store until there is room for it, here or elsewhere. */
  async #postpone(claim: Claim): Promise<RunHandle> {
    await this.#sure(() => this.store.park(claim, 0, 0));
    this.#dispatcher.start();
    return new RunHandle(claim.runId, this);
  }

  async #startChild({ id, fn, input }: ChildRequest, parent: string): Promise<Outcome> {
    const definition = findDefinition(fn);
    if (definition === undefined) return failure(unknownFunction(id, fn));
    try {
      await this.start({ id, definition, input: () => input, until: undefined, atOnce: false });
      await this.store.watch(id, parent);
      await this.#deliverMail();
      return DONE;
    } catch (error) {
      if (isAnswer(error)) return failure(error as Error);
      // That is no answer to the run, which is to ask again.
      throw error instanceof RuntimeClosedError ? error : storeError(this.store.name, error);
    }
  }

  /** The run exists already. */
  async #join(id: string, definition: Definition): Promise<RunHandle> {
    const record = await this.store.record(id);
    if (record === undefined) throw new MisuseError(`The run "${id}" was removed from the store meanwhile.`);
    if (!isOf(record.fn, definition)) await this.#host.manifests.renames.learn();
    assertSame(id, record.fn, definition);
    if (hasEnded(record.status)) return new RunHandle(id, this);
    const claim = this.#runs.stranded.take(id) ?? (await this.#claim({ only: id }))[0];
    return claim === undefined ? new RunHandle(id, this) : this.#resumeOrPostpone(claim);
  }

  #resumeOrPostpone(claim: Claim): Promise<RunHandle> {
    if (this.#runs.room <= 0) return this.#postpone(claim);
    return this.#runs.reserve(() => this.#runs.resume(claim));
  }

  #claim(wish: ClaimWish): Promise<readonly Claim[]> | readonly Claim[] {
    const { only } = wish;
    const driven = only === undefined ? this.#driven : this.#runs.drives(only) ? [only] : [];
    const now = this.#host.clock.now();
    return this.#sure(() => this.store.claim(this.#lease.claimant(), { ...wish, now, driven }));
  }

  /** All that this worker knows to be its own, or that may be so soon. */
  get #driven(): readonly string[] {
    return [...this.#runs.driven, ...this.#opening.keys()];
  }

  /** Does what may give runs to this worker even if it fails. */
  #sure<T>(take: () => T | Promise<T>): T | Promise<T> {
    const failed = (error: unknown): never => {
      this.#dispatcher.doubt();
      throw error;
    };
    try {
      const taken = take();
      return taken instanceof Promise ? taken.catch(failed) : taken;
    } catch (error) {
      return failed(error);
    }
  }

  /** Something was sent: to a run that is under way here, or to a parked one that can be taken up now. */
  async #deliverMail(): Promise<void> {
    await this.#postman.poll();
    void this.#dispatcher.look();
  }
}

/** Of the platform's timers, in ms. */
const LONGEST_INTERVAL = 2 ** 31 - 1;

/** What a run that starts another one is to hear of. */
const isAnswer = (error: unknown): boolean =>
  error instanceof RunConflictError || error instanceof MisuseError || error instanceof SerializationError;

function assertSame(id: string, existing: string, requested: Definition): void {
  if (!isOf(existing, requested)) throw new RunConflictError(id, existing, requested.id);
}

const warn = ({ error }: BlockedRun): void =>
  process.emitWarning(error.message, { code: 'USE_DURABLE_BLOCKED' });
