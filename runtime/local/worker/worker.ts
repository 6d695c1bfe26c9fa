import { parseSpan } from '../../base/durations.ts';
import {
  MisuseError,
  RunConflictError,
  RuntimeClosedError,
  SerializationError,
  type StoreError,
  storeError,
} from '../../base/errors.ts';
import { emitWarning } from '../../base/warnings.ts';
import { type Definition, findDefinition, isOf, unknownFunction } from '../../functions/definitions.ts';
import { copyOfPolicy } from '../../functions/policy.ts';
import { JOURNAL_VERSION, type RunStarted } from '../../journal/events.ts';
import { rewind } from '../../journal/rewind.ts';
import { Observers } from '../../observe/observers.ts';
import type { ChildRequest, Outcome, Until } from '../../port/backend.ts';
import { QuietTracing } from '../../port/safe-tracing.ts';
import { DONE, failure } from '../../run/outcome.ts';
import {
  type Claim,
  type Completed,
  hasEnded,
  type Message,
  type NewMessage,
  type RunRecord,
  type Sent,
  type Store,
} from '../../stores/store.ts';
import { CommitLoop } from '../commit/commit-loop.ts';
import { Gate } from '../commit/gate.ts';
import { Lease } from '../commit/lease.ts';
import { assertFits } from '../commit/sizes.ts';
import { MessagePoller } from '../messages/message-poller.ts';
import { Trials } from '../run/crash-trials.ts';
import { reportStarted } from '../run/lifecycle-events.ts';
import { Manifests } from '../run/manifests.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';
import { StepLimits } from '../run/step-limits.ts';
import { UnrecordedWatch } from '../run/unrecorded.ts';
import { andThen, within } from '../time/deferred.ts';
import { systemHooks } from '../time/runtime-hooks.ts';
import type { System, SystemTimer } from '../time/system.ts';
import { systemClock, Timers } from '../time/timers.ts';
import { Claiming } from './claiming.ts';
import { Dispatcher } from './dispatcher.ts';
import { type HandleSource, RunHandle } from './handle.ts';
import { HeldBackReports } from './held-back-events.ts';
import { LiveRuns } from './live-runs.ts';
import { defaultMaxRuns, journalBudget } from './memory-limits.ts';
import type { BlockedRun, RuntimeOptions } from './options.ts';
import { Retention } from './retention.ts';
import { Scheduler } from './schedules.ts';

/** A run that is to be started. */
export interface StartRequest {
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
  readonly #services: RuntimeServices;
  readonly #lease: Lease;
  readonly #dispatcher: Dispatcher;
  readonly scheduler: Scheduler;
  readonly #sweeper: SystemTimer | undefined;
  readonly #retention: Retention | undefined;
  readonly #poller: MessagePoller;
  readonly #runs: LiveRuns;
  readonly #claiming: Claiming;
  readonly #gate: Gate;
  /** Runs being created or loaded, so that two calls in one tick make one run. */
  readonly #opening = new Map<string, Promise<RunHandle>>();
  /** Handles that wait until they look again. */
  readonly #pauses = new Set<() => void>();
  #closed = false;

  constructor({
    store,
    leaseMs = store.heartbeat === undefined ? 30_000 : 8_000,
    maxCrashes = 5,
    parkAfterMs = 60_000,
    onBlocked = warn,
    clock = systemClock,
    hooks = systemHooks,
    stepPolicy,
    tracing,
    maxRuns = defaultMaxRuns(),
    maxSteps = {},
    retention,
  }: RuntimeOptions) {
    const { system } = hooks;
    this.store = store;
    this.system = system;
    this.#gate = new Gate(hooks.turn, () => system.uptime());
    const keeper = {
      lost: () => {
        this.#runs.failureRetries.takeAll();
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
    this.#poller = new MessagePoller(store, this.#lease.worker, deliver, hooks.alone, system);
    const driver = {
      look: () => this.#claiming.look(),
      doubt: () => this.#claiming.doubt(),
      nextDue: () => this.#claiming.nextDue(),
    };
    this.#dispatcher = new Dispatcher(clock, driver, hooks.alone, system);
    const trials = new Trials(store, system, maxCrashes, () => this.#dispatcher.roomMade());
    this.#services = {
      store,
      commits: new CommitLoop(store, this.#lease, hooks.turn),
      timers: new Timers(clock),
      clock,
      lease: this.#lease,
      stepPolicy: stepPolicy && copyOfPolicy(stepPolicy),
      limits: new StepLimits(maxSteps),
      poller: this.#poller,
      manifests: new Manifests(store),
      unrecorded: new UnrecordedWatch(system),
      hooks,
      observers: this.observers,
      tracing: tracing && new QuietTracing(tracing),
      startChild: (child, parent) => this.#startChild(child, parent),
    };
    this.#runs = new LiveRuns({
      store,
      services: this.#services,
      dispatcher: this.#dispatcher,
      source: this,
      maxRuns,
      maxBytes: hooks.journalBudget ?? journalBudget(),
      maxCrashes,
      trials,
      onBlocked,
      retryStranded: () => this.#retryStranded(),
    });
    const told = new HeldBackReports(this.#services);
    this.#claiming = new Claiming({
      store,
      lease: this.#lease,
      clock,
      runs: this.#runs,
      trials,
      opening: () => this.#opening.keys(),
      tell: (runs) => told.tell(runs),
    });
    this.scheduler = new Scheduler(store, clock, this.#services.timers);
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
    await this.#claiming.one(id, 'here', (claim) => claim && this.#runs.resume(claim));
  }

  async send(id: string, message: NewMessage): Promise<Sent> {
    this.assertOpen();
    const what =
      message.kind === 'signal' ? `payload of signal "${message.name}"` : 'reason of the cancellation';
    assertFits(this.store, what, message.value);
    const sent = await this.#gate.pass(() => this.store.send(id, message));
    if (sent === 'sent') await this.#deliverMail();
    return sent;
  }

  async complete(token: string, outcome: Outcome): Promise<Completed> {
    this.assertOpen();
    assertFits(this.store, `${outcome.ok ? 'value' : 'error'} of the callback`, outcome.value);
    const { now } = this;
    const completed = await this.#gate.pass(() => this.store.complete(token, outcome, now));
    if (completed === 'completed') await this.#deliverMail();
    return completed;
  }

  /** Takes up all that is free, and goes on looking for more. */
  async recover(): Promise<readonly RunHandle[]> {
    this.assertOpen();
    // What it holds may be another's by now.
    if (!this.#lease.held) await this.#lease.renew();
    this.#lease.assertHeld();
    await this.#services.manifests.renames.learn();
    const turn = (): Promise<void> => new Promise((resolve) => this.#services.hooks.turn(resolve));
    const handles = await this.#claiming.recover((claimed) => {
      const claims = [...this.#runs.failureRetries.takeAll(), ...claimed];
      return Promise.all(claims.map((claim) => this.#runs.resume(claim)));
    }, turn);
    this.#dispatcher.start();
    const waiting = await this.#claiming.waiting();
    const known = new Set(handles.map(({ id }) => id));
    return [...handles, ...waiting.filter((id) => !known.has(id)).map((id) => new RunHandle(id, this))];
  }

  /** A worker takes up by itself what stopped because the store failed, once that can be written again. */
  async #retryStranded(): Promise<boolean> {
    if (!this.#dispatcher.started || !(await this.#lease.works())) return false;
    for (const claim of this.#runs.failureRetries.takeAll(this.#runs.room)) this.#runs.takeUp(claim);
    return this.#runs.failureRetries.size > 0;
  }

  /** Takes up a blocked run, or one that has ended from before it went wrong. */
  async resume(record: RunRecord, forget: boolean): Promise<RunHandle> {
    this.assertOpen();
    const { id, status } = record;
    const live = this.handle(id);
    if (live !== undefined) return live;
    if (!hasEnded(status)) {
      return this.#claiming.one(id, 'anew', (claim) =>
        claim === undefined ? new RunHandle(id, this) : this.#resumeOrPostpone(claim),
      );
    }
    const run = await this.store.load(id);
    const seq = rewind(id, run?.events ?? [], this.#services.clock.now(), forget);
    const claim = await this.#claiming.sure(() => this.store.reopen(id, seq, this.#lease.claimant()));
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
    this.#poller.stop();
    this.#services.unrecorded.stop();
    await within(this.system, timeoutMs, this.#drain());
    for (const execution of this.#runs.executions()) execution.abandon(new RuntimeClosedError());
    this.#services.timers.close();
    for (const end of [...this.#pauses]) end();
    await this.#lease.stop();
    await this.store.release(this.#lease.worker);
  }

  async #drain(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
    await Promise.all(this.#runs.executions().map((execution) => execution.drain()));
    await this.#services.commits.flushed();
  }

  /** By the clock of the runtime, ms since the epoch. */
  get now(): number {
    return this.#services.clock.now();
  }

  assertOpen(): void {
    if (this.#closed) throw new RuntimeClosedError();
  }

  /**
   * Starts a run, or gives the handle of the run that has its id. Throws or rejects as `Runtime.start`. Not async up to the
   * launch, for those that are to begin at once.
   */
  start(order: StartRequest): Promise<RunHandle> | RunHandle {
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

  #create(order: StartRequest): Promise<RunHandle> | RunHandle {
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
      const at = this.#services.clock.now();
      const parent = apart ? null : undefined;
      const trace = this.#services.tracing?.begin({ runId: id, fn: definition.id, parent });
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
          : this.#services.commits.create(id, started);
      const created = andThen(this.#services.manifests.keep(definition), () => this.#claiming.sure(create));
      return andThen(created, (claim) => {
        if (claim === null) return this.#join(id, definition);
        reportStarted(this.#services, id, definition.id, at);
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
    await this.#claiming.sure(() => this.store.park(claim, 0, 0));
    this.#dispatcher.wait();
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
    if (!isOf(record.fn, definition)) await this.#services.manifests.renames.learn();
    assertSame(id, record.fn, definition);
    if (hasEnded(record.status)) return new RunHandle(id, this);
    const stranded = this.#runs.failureRetries.take(id);
    if (stranded !== undefined) return this.#resumeOrPostpone(stranded);
    return this.#claiming.one(id, 'at all', (claim) =>
      claim === undefined ? new RunHandle(id, this) : this.#resumeOrPostpone(claim),
    );
  }

  #resumeOrPostpone(claim: Claim): Promise<RunHandle> {
    return this.#runs.room <= 0 ? this.#postpone(claim) : this.#runs.resume(claim);
  }

  /** Something was sent: to a run that is under way here, or to a parked one that can be taken up now. */
  async #deliverMail(): Promise<void> {
    await this.#poller.poll();
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

const warn = ({ error }: BlockedRun): void => emitWarning('USE_DURABLE_BLOCKED', error.message);
