import { type AttributeEdits, storedAttributes } from '../../base/attributes.ts';
import { asError } from '../../base/error-text.ts';
import { LeaseLostError, NonDeterminismError, StoreError } from '../../base/errors.ts';
import type { Definition } from '../../functions/definition.ts';
import { CodeVersions, type RecordedCode } from '../../journal/code-versions.ts';
import type { Fork, NewEvent, RunEnded } from '../../journal/events.ts';
import type { ReplayMachine } from '../../journal/replay-machine.ts';
import { Stock } from '../../journal/stock.ts';
import { summarize } from '../../journal/summary.ts';
import type { KeyState, Outcome } from '../../port/backend.ts';
import type { RunTrace } from '../../port/tracing.ts';
import { runBody } from '../../scope/run-body.ts';
import type { Claim } from '../../stores/claims.ts';
import type { Message } from '../../stores/store.ts';
import { Outbox } from '../commit/outbox.ts';
import { JournalSize } from '../commit/sizes.ts';
import { Mailbox } from '../messages/mailbox.ts';
import { Branches } from './branches.ts';
import type { Ending } from './ending.ts';
import { EventDelivery } from './event-delivery.ts';
import { ForeignAwaitGrace } from './foreign-await-grace.ts';
import { Idleness } from './idleness.ts';
import { Inbox } from './inbox.ts';
import { reportUnrecorded } from './lifecycle-events.ts';
import type { Past } from './past.ts';
import type { Pending } from './pending.ts';
import { PrintedLines } from './printed-lines.ts';
import { Requests } from './requests.ts';
import { type BackendRun, RunBackend } from './run-backend.ts';
import { RunningBodies } from './running-bodies.ts';
import type { RuntimeServices } from './runtime-services.ts';
import { ShownValues } from './shown-values.ts';
import { storeFailed, thrownInHandling } from './stop-errors.ts';
import { type Quietness, type Suspect, Suspicion } from './unrecorded.ts';

const NOTHING_RECORDED: Omit<RecordedCode, 'versions'> = { manifests: new Map(), definitions: new Map() };

/** No mismatch is reported while a foreign promise is pending, for at most this many ms. */
const PATIENCE_MS = 30_000;

/**
 * One run that this process drives: its code executes over a journal, replayed first and live from then on. Its parts have
 * the rules; this class connects them to the code (`RunBackend`), to the commit loop (`EventDelivery`) and to the worker. Its
 * state changes only in turns of the commit loop, or in code of the run.
 */
export class Execution implements BackendRun, Suspect {
  readonly runId: string;
  readonly #seed: string;
  readonly #forks: readonly Fork[] | undefined;
  readonly definition: Definition;
  readonly claim: Claim;
  readonly services: RuntimeServices;
  readonly trace: RunTrace | undefined;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** Positions of the keys of the run, in the recorded code and in the present code. */
  readonly code: CodeVersions;
  readonly acceptedAt: number;
  readonly stock: Stock | undefined;
  readonly mailbox: Mailbox;
  readonly #input: string;
  readonly #deadline: number;
  readonly #onEnding: (ending: Ending) => void;
  readonly #takenBranches: ReadonlySet<string> | undefined;
  #branches: Branches | undefined;

  /** `body`: the code executes or waits; `over`: it has returned or thrown; `closed`: this process has let go of the run. */
  #phase: 'body' | 'over' | 'closed' = 'body';
  #outcome: Outcome | undefined;
  /** The run is being given up: nothing is delivered or started. */
  #closing = false;
  /** It is being returned to the store. */
  #parking = false;

  readonly requests: Requests;
  readonly #inbox: Inbox;
  readonly #delivery: EventDelivery;
  readonly lines: PrintedLines;
  readonly shown: ShownValues;
  readonly #bodies = new RunningBodies();
  readonly grace: ForeignAwaitGrace;
  readonly #idleness: Idleness;

  constructor(
    services: RuntimeServices,
    claim: Claim,
    definition: Definition,
    { events, messages, early, code: recorded, trace, trial, record }: Past,
    onEnding: (ending: Ending) => void,
  ) {
    const { started, lastAt, printed, lastMessage, code, since, acceptedAt } = summarize(events);
    this.acceptedAt = acceptedAt;
    this.stock = acceptedAt === 0 ? undefined : new Stock(events, acceptedAt);
    this.#takenBranches = since;
    const { clock, store, poller, hooks } = services;
    const isReplayed = events.length > 1;
    this.runId = claim.runId;
    this.#seed = started.seed;
    this.#forks = started.forks;
    this.definition = definition;
    this.claim = claim;
    this.services = services;
    this.trace = trace;
    this.startedAt = started.at;
    this.#input = started.input;
    this.#deadline = started.deadline ?? Number.POSITIVE_INFINITY;
    this.#onEnding = onEnding;
    this.code = new CodeVersions(definition, recorded ?? { ...NOTHING_RECORDED, versions: code }, isReplayed);
    this.mailbox = new Mailbox(poller);
    this.requests = new Requests(this, started.at, started.deadline, trial);
    this.#inbox = new Inbox(this.mailbox, this.requests.cancellation, messages, early, lastMessage);
    this.lines = new PrintedLines(clock, printed, () => this.record({ type: 'output' }));
    const stored = record && storedAttributes(record.attributes);
    const show = (): void => this.#delivery.writer.show();
    this.shown = new ShownValues(clock, started.attributes, stored, show);
    this.grace = new ForeignAwaitGrace(
      hooks.patience ?? ((callback) => clock.after(PATIENCE_MS, callback)),
      () => services.commits.markReady(this.#delivery),
    );
    const { requests, lines, grace } = this;
    const bodies = this.#bodies;
    const suspicion = new Suspicion(services.unrecorded, this);
    const outbox = new Outbox(claim, events.length, lastAt);
    const size = new JournalSize(store, claim.runId, events);
    this.#delivery = new EventDelivery(
      this,
      { requests, inbox: this.#inbox, bodies, suspicion, grace },
      { outbox, size, lines, code: this.code, shown: this.shown },
      isReplayed ? events : undefined,
    );
    this.#idleness = new Idleness({ requests, writer: this.#delivery.writer, lines, bodies, grace });
  }

  // For the worker

  /** Calls the function; its code up to the first await executes before this returns. */
  launch(): void {
    this.#delivery.begin();
    try {
      const settle = (outcome: Outcome): void => this.#finish(outcome);
      const { stepPolicy, hooks } = this.services;
      const begin = (): void =>
        runBody(this.definition, new RunBackend(this), this.#input, settle, stepPolicy, hooks);
      if (this.trace === undefined) begin();
      else this.trace.within(begin);
    } catch (error) {
      this.block(error);
    }
  }

  /**
   * Delivers nothing from now on. Resolves when the step bodies that are running have ended. Code of the run that is in the
   * middle of a turn still starts the steps that it calls.
   */
  async drain(): Promise<void> {
    this.#closing = true;
    await new Promise<void>((resolve) => this.services.hooks.turn(() => resolve()));
    await this.#bodies.ended();
    await this.#delivery.rescued();
    if (this.lines.unrecorded) this.record({ type: 'output' });
    this.#delivery.writer.show();
  }

  /** Lets go of the run, unless it is over. The journal stays as it is; step bodies that are running are aborted. */
  abandon(error: Error): void {
    this.requests.disown(error);
    this.#close({ type: 'stopped', error });
  }

  /**
   * Whether the run has only waited for `ms`, and will wait for at least as long again. Returns until when (ms since the
   * epoch), and the last message that it has seen.
   */
  parkable(ms: number): { readonly until: number; readonly seen: number } | undefined {
    if (this.#phase !== 'body' || this.#closing || this.#delivery.replay !== undefined) return undefined;
    const until = this.#idleness.waitsUntil(ms, this.services.clock.now(), this.#deadline);
    return until === undefined ? undefined : { until, seen: this.mailbox.lastSeq };
  }

  quietness(): Quietness {
    if (this.#phase !== 'body' || this.#closing) return 'busy';
    return this.#idleness.quietness(this.#delivery.replay !== undefined);
  }

  /** Stops deliveries while `give` returns the run to the store, and lets go of the run if that succeeds. */
  async park(give: () => boolean | Promise<boolean>): Promise<void> {
    this.#closing = true;
    this.#parking = true;
    try {
      if (await give()) this.#close({ type: 'parked' });
      else this.fenced();
    } catch {
      // The run stays here; nothing is lost by that, and the next attempt may succeed.
      this.#closing = false;
      this.#parking = false;
      this.#inbox.readAll();
      this.services.commits.markReady(this.#delivery);
    }
  }

  /** A message was sent to the run. */
  deliver(message: Message): void {
    if (this.#phase !== 'body' || !this.#inbox.isNew(message)) return;
    if (message.damage !== undefined) this.block(message.damage);
    // A parked run is woken by its messages, so none may be recorded while it is being parked.
    else if (this.#delivery.replay !== undefined || this.#parking) this.#inbox.keepUnread(message);
    else this.#inbox.receive(message);
  }

  reportUnrecorded(): void {
    reportUnrecorded(this, this.grace.lasting, this.#delivery.writer.lastKey);
  }

  // For the code, through its backend

  /** A fork has the seed of the other run up to the place where it begins to be a run of its own. */
  get seed(): string {
    if (this.#forks === undefined) return this.#seed;
    const place = this.machine?.delivered ?? Number.POSITIVE_INFINITY;
    return this.#forks.findLast(({ at }) => at <= place)?.seed ?? this.#seed;
  }

  state(key: string, quiet: boolean): KeyState {
    // Nothing is recorded of a run that is over. A closed one begins nothing.
    if (this.#phase !== 'body') return this.#phase === 'over' ? 'plain' : 'recorded';
    // A cancellation rejects the next request. A quiet call may be no request.
    if (this.requests.cancellation.untold && !quiet) return 'recorded';
    const state = this.#stateOf(key, quiet);
    if (state !== 'live') return state;
    if (!this.#mayBegin()) return 'recorded';
    this.requests.called(key);
    return state;
  }

  #stateOf(key: string, quiet: boolean): KeyState {
    const { machine, stock } = this;
    const stocked = stock === undefined || machine?.knows(key) ? undefined : stock.state(key);
    if (stocked !== 'recorded') stock?.requested(key);
    return stocked ?? machine?.state(key, quiet) ?? 'live';
  }

  /** A call that begins at once can't wait until the lease is renewed, as other steps do. Without the lease it may not begin. */
  #mayBegin(): boolean {
    const holds = this.services.lease.holdNow();
    if (!(holds instanceof StoreError)) return holds;
    this.failed(holds);
    return false;
  }

  since(name: string): boolean {
    this.#branches ??= new Branches(this, this.#takenBranches);
    return this.#branches.isTaken(name);
  }

  setAttributes(changes: AttributeEdits): void {
    if (this.#phase === 'body') this.shown.setAttributes(changes);
  }

  request(pending: Pending): void {
    if (this.#phase === 'closed') return;
    this.stock?.requested(pending.key);
    const untold = this.requests.cancellation.takeUntold();
    if (untold !== undefined) return this.requests.settle(pending, untold);
    this.services.hooks.asked?.(this.runId, pending.key, pending.kind);
    const { replay } = this.#delivery;
    if (replay !== undefined) return replay.request(pending);
    if (this.#phase === 'body') this.requests.pending.add(pending);
    this.requests.start(pending);
  }

  // For the parts and the requests of this run

  get machine(): ReplayMachine | undefined {
    return this.#delivery.replay?.machine;
  }

  get begun(): Pick<ReplayMachine, 'until' | 'attempts'> | undefined {
    const { machine, stock } = this;
    if (stock === undefined) return machine;
    return {
      until: (key) => machine?.until(key) ?? stock.until(key),
      attempts: (key) => machine?.attempts(key) ?? stock.attempts(key),
    };
  }

  get isOver(): boolean {
    return this.#phase !== 'body';
  }

  get isClosed(): boolean {
    return this.#phase === 'closed';
  }

  get closing(): boolean {
    return this.#closing;
  }

  record(event: NewEvent, whenDurable?: () => void): void {
    this.#delivery.writer.record(event, whenDurable);
  }

  countBody(change: 1 | -1): void {
    this.#bodies.change(change);
  }

  // The end

  /** The function has returned or thrown. */
  #finish(outcome: Outcome): void {
    if (this.#phase !== 'body') return;
    this.#phase = 'over';
    this.#delivery.writer.seal();
    this.#outcome = outcome;
    if (this.#delivery.replay === undefined) this.recordEnd();
    else this.services.commits.markReady(this.#delivery);
  }

  recordEnd(): void {
    const { ok, value } = this.#outcome!;
    this.#delivery.writer.end({ type: 'run-ended', ok, value }, (ended) =>
      this.requests.cancellation.explains(ended, this.definition) ? { ...ended, cancelled: true } : ended,
    );
  }

  ended(event: RunEnded): void {
    this.#close({ type: 'ended', outcome: event });
  }

  /** The store can't be written. */
  failed(cause: StoreError): void {
    this.#delivery.failed(cause);
  }

  storeFailed(cause: StoreError): void {
    this.#close({ type: 'stopped', error: storeFailed(this.runId, cause) });
  }

  /** Another worker has the run, or may have it. */
  fenced(): void {
    this.abandon(new LeaseLostError(this.runId));
  }

  broken(error: unknown): void {
    this.block(thrownInHandling(this.runId, this.definition.id, error));
  }

  refuse(message: string): void {
    this.block(new NonDeterminismError(this.runId, message));
  }

  /** The run can't resume in this process. */
  block(error: unknown): void {
    this.#close({ type: 'blocked', error: asError(error) });
  }

  #close(ending: Ending): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#delivery.writer.seal();
    this.grace.end();
    this.lines.stop();
    this.requests.cancellation.stop();
    for (const pending of this.requests.pending.takeAll()) pending.stop(undefined);
    this.#delivery.stop();
    this.#bodies.release();
    this.#onEnding(ending);
  }
}
