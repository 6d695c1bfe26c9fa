import { parseSpan } from '../../base/durations.ts';
import { RuntimeClosedError, type StoreError } from '../../base/errors.ts';
import { emitWarning } from '../../base/warnings.ts';
import { findDefinition } from '../../functions/definitions.ts';
import { Observers } from '../../observe/observers.ts';
import type { Outcome } from '../../port/backend.ts';
import type { Action } from '../../stores/actions.ts';
import type { Completed, Message, NewMessage, RunRecord, Sent, Store } from '../../stores/store.ts';
import { Gate } from '../commit/gate.ts';
import { Lease } from '../commit/lease.ts';
import { assertFits } from '../commit/sizes.ts';
import { MessagePoller } from '../messages/message-poller.ts';
import { Trials } from '../run/crash-trials.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';
import { within } from '../time/deferred.ts';
import { systemHooks } from '../time/runtime-hooks.ts';
import type { System, SystemTimer } from '../time/system.ts';
import { systemClock } from '../time/timers.ts';
import { Audit } from './audit.ts';
import { Claiming } from './claiming.ts';
import { Dispatcher } from './dispatcher.ts';
import { type HandleSource, RunHandle } from './handle.ts';
import { HeldBackReports } from './held-back-events.ts';
import { LiveRuns } from './live-runs.ts';
import { defaultMaxRuns, journalBudget } from './memory-limits.ts';
import type { BlockedRun, RuntimeOptions } from './options.ts';
import { Retention } from './retention.ts';
import { Scheduler } from './schedules.ts';
import { makeServices } from './services.ts';
import { Starting, type StartRequest } from './starting.ts';
import { Steering } from './steering.ts';
import { type VersionInUse, versionsInUse } from './versions.ts';

/**
 * The worker of one runtime: connects the parts that create, claim, resume and park runs. All of its runs belong to one
 * lease.
 */
export class LocalWorker implements HandleSource {
  readonly store: Store;
  readonly system: System;
  readonly observers = new Observers();
  readonly audit: Audit;
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
  readonly #starting: Starting;
  /** What people do with runs that exist. */
  readonly steering: Steering;
  /** Ends the pauses of handles that poll. */
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
    this.audit = new Audit(store, this.observers, () => this.now);
    this.#gate = new Gate(hooks.turn, () => system.uptime());
    this.#lease = new Lease(store, leaseMs, this.#leaseKeeper(), system);
    const deliver = (id: string, message: Message): boolean => this.#runs.deliver(id, message);
    this.#poller = new MessagePoller(store, this.#lease.worker, deliver, hooks.alone, system);
    this.#dispatcher = new Dispatcher(clock, this.#driver(), hooks.alone, system);
    const { observers } = this;
    const lease = this.#lease;
    const dispatcher = this.#dispatcher;
    const fromOptions = { store, clock, hooks, stepPolicy, maxSteps, tracing };
    const startChild: RuntimeServices['startChild'] = (child, parent) =>
      this.#starting.startChild(child, parent);
    this.#services = makeServices({ ...fromOptions, lease, poller: this.#poller, observers, startChild });
    const services = this.#services;
    const trials = new Trials(store, system, maxCrashes, () => dispatcher.roomMade());
    const shared = { store, services, dispatcher, source: this };
    const maxBytes = hooks.journalBudget ?? journalBudget();
    const retryStranded = (): Promise<boolean> => this.#retryStranded();
    this.#runs = new LiveRuns({ ...shared, maxRuns, maxBytes, maxCrashes, trials, onBlocked, retryStranded });
    const runs = this.#runs;
    const heldBack = new HeldBackReports(services);
    const opening = (): ReturnType<Starting['opening']> => this.#starting.opening();
    const tell: HeldBackReports['tell'] = (found) => heldBack.tell(found);
    this.#claiming = new Claiming({ store, lease, clock, runs, trials, opening, tell });
    const claiming = this.#claiming;
    const { audit } = this;
    const assertOpen = (): void => this.assertOpen();
    const deliverMail = (): Promise<void> => this.#deliverMail();
    this.#starting = new Starting({
      ...shared,
      lease,
      claiming,
      runs,
      system,
      audit,
      assertOpen,
      deliverMail,
    });
    const starting = this.#starting;
    this.steering = new Steering({ ...shared, lease, claiming, starting, system, assertOpen });
    this.scheduler = new Scheduler(store, clock, services.timers);
    if (retention !== undefined) {
      this.#retention = new Retention(store, clock, parseSpan('retention', retention));
    }
    this.#sweeper = this.#sweepEvery(parkAfterMs);
  }

  /** What the dispatcher calls. */
  #driver(): ConstructorParameters<typeof Dispatcher>[1] {
    return {
      look: () => this.#claiming.look(),
      doubt: () => this.#claiming.doubt(),
      nextDue: () => this.#claiming.nextDue(),
    };
  }

  /** Parks runs that have only waited for `parkAfterMs`; infinite for never. */
  #sweepEvery(parkAfterMs: number): SystemTimer | undefined {
    if (!Number.isFinite(parkAfterMs)) return undefined;
    const interval = Math.min(parkAfterMs / 2, LONGEST_INTERVAL);
    return this.system.setInterval(() => this.#runs.sweep(parkAfterMs), interval).unref();
  }

  /** What happens to the runs when the lease is lost, or can't be renewed. */
  #leaseKeeper(): { lost(): void; failed(error: StoreError): void } {
    return {
      lost: () => {
        this.#runs.failureRetries.takeAll();
        for (const execution of this.#runs.executions()) execution.fenced();
        // The other worker may not have taken all of them, or may not know all of their functions.
        this.#dispatcher.doubt();
        this.#dispatcher.start();
      },
      failed: (error: StoreError) => {
        for (const execution of this.#runs.executions()) execution.failed(error);
      },
    };
  }

  get closed(): boolean {
    return this.#closed;
  }

  get room(): number {
    return this.#runs.room;
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
    if (this.#starting.isOpening(id)) return;
    await this.#claiming.one(id, 'here', (claim) => claim && this.#runs.resume(claim));
  }

  async send(id: string, message: NewMessage, action?: Action): Promise<Sent> {
    this.assertOpen();
    const what =
      message.kind === 'signal' ? `payload of signal "${message.name}"` : 'reason of the cancellation';
    assertFits(this.store, what, message.value);
    const sent = await this.#gate.pass(() => this.store.send(id, message, action));
    if (sent === 'sent') await this.#deliverMail();
    return sent;
  }

  async complete(token: string, outcome: Outcome, action?: Action): Promise<Completed> {
    this.assertOpen();
    assertFits(this.store, `${outcome.ok ? 'value' : 'error'} of the callback`, outcome.value);
    const { now } = this;
    const completed = await this.#gate.pass(() => this.store.complete(token, outcome, now, action));
    if (completed === 'completed') await this.#deliverMail();
    return completed;
  }

  /** Resumes all runs that are free, and keeps looking for more. */
  async recover(): Promise<readonly RunHandle[]> {
    this.assertOpen();
    // Without the lease, its runs may belong to another worker by now.
    if (!this.#lease.held) await this.#lease.renew();
    this.#lease.assertHeld();
    await this.#services.manifests.renames.learn();
    await this.#services.manifests.keepNumbers();
    const turn = (): Promise<void> => new Promise((resolve) => this.#services.hooks.turn(() => resolve()));
    const handles = await this.#claiming.recover((claimed) => {
      const claims = [...this.#runs.failureRetries.takeAll(), ...claimed];
      return Promise.all(claims.map((claim) => this.#runs.resume(claim)));
    }, turn);
    this.#dispatcher.start();
    const waiting = await this.#claiming.waiting();
    const known = new Set(handles.map(({ id }) => id));
    return [...handles, ...waiting.filter((id) => !known.has(id)).map((id) => new RunHandle(id, this))];
  }

  /** Resumes the runs that stopped because the store failed, once it can be written again. */
  async #retryStranded(): Promise<boolean> {
    if (!this.#dispatcher.started || !(await this.#lease.works())) return false;
    for (const claim of this.#runs.failureRetries.takeAll(this.#runs.room)) this.#runs.takeUp(claim);
    return this.#runs.failureRetries.size > 0;
  }

  versions(fns: readonly string[] | undefined): Promise<readonly VersionInUse[]> {
    return versionsInUse(this.store, this.#services.manifests, fns);
  }

  /** Waits for running steps, `timeoutMs` at most, and lets go of all runs. A `recover()` resumes them. */
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
    await this.#starting.settled();
    await Promise.all(this.#runs.executions().map((execution) => execution.drain()));
    await this.#services.commits.flushed();
  }

  /** The time of the runtime's clock, ms since the epoch. */
  get now(): number {
    return this.#services.clock.now();
  }

  start(request: StartRequest): Promise<RunHandle> | RunHandle {
    return this.#starting.start(request);
  }

  /** Starts a run for somebody. */
  startBy(request: StartRequest): Promise<RunHandle> {
    const { id, by } = request;
    // What succeeds is kept and told where the run is created: the start of one that exists is no action.
    return this.audit.onFailure(id, { action: 'start', by }, async () => this.start(request));
  }

  assertOpen(): void {
    if (this.#closed) throw new RuntimeClosedError();
  }

  /** A message was sent: to a run of this worker, or to a parked run, which can be resumed now. */
  async #deliverMail(): Promise<void> {
    await this.#poller.poll();
    void this.#dispatcher.look();
  }
}

/** Of the platform's timers, in ms. */
const LONGEST_INTERVAL = 2 ** 31 - 1;

const warn = ({ error }: BlockedRun): void => emitWarning('USE_DURABLE_BLOCKED', error.message);
