import { asError } from '../../base/error-text.ts';
import { LeaseLostError, NonDeterminismError, StoreError } from '../../base/errors.ts';
import type { Definition } from '../../functions/definitions.ts';
import { CodeVersions } from '../../journal/code-versions.ts';
import type { NewEvent } from '../../journal/events.ts';
import type { Delivery, ReplayMachine } from '../../journal/replay-machine.ts';
import { summarize } from '../../journal/summary.ts';
import { reportRecorded } from '../../observe/recorded-events.ts';
import type { KeyState, Outcome } from '../../port/backend.ts';
import type { RunTrace } from '../../port/tracing.ts';
import { runBody } from '../../scope/run-body.ts';
import type { Claim } from '../../stores/claims.ts';
import type { Append, Message } from '../../stores/store.ts';
import type { Lane } from '../commit/commit-loop.ts';
import { Outbox } from '../commit/outbox.ts';
import type { Portion } from '../commit/portion.ts';
import { JournalSize } from '../commit/sizes.ts';
import { Mailbox } from '../messages/mailbox.ts';
import type { Ending } from './ending.ts';
import { EventWriter } from './event-writer.ts';
import { ForeignAwaitGrace } from './foreign-await-grace.ts';
import { Idleness } from './idleness.ts';
import { Inbox } from './inbox.ts';
import { reportUnrecorded } from './lifecycle-events.ts';
import type { Past } from './past.ts';
import type { Pending } from './pending.ts';
import { PrintedLines } from './printed-lines.ts';
import { Replay } from './replay.ts';
import { Requests } from './requests.ts';
import { type BackendRun, RunBackend } from './run-backend.ts';
import { RunningBodies } from './running-bodies.ts';
import type { RuntimeServices } from './runtime-services.ts';
import { journalChanged, storeFailed, thrownInHandling } from './stop-errors.ts';
import { type Quietness, type Suspect, Suspicion } from './unrecorded.ts';

/** No mismatch is reported while a foreign promise is pending, for at most this many ms. */
const PATIENCE_MS = 30_000;

/**
 * One run that this process drives: its code executes over a journal, replayed first and live from then on. Its parts have
 * the rules; this class connects them to the code (`RunBackend`), to the commit loop (`Lane`) and to the worker. Its state
 * changes only in turns of the commit loop, or in code of the run.
 */
export class Execution implements BackendRun, Lane, Suspect {
  readonly runId: string;
  readonly seed: string;
  readonly definition: Definition;
  readonly claim: Claim;
  readonly services: RuntimeServices;
  readonly trace: RunTrace | undefined;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** Positions of the keys of the run, in the recorded code and in the present code. */
  readonly code: CodeVersions;
  readonly mailbox: Mailbox;
  readonly #input: string;
  readonly #deadline: number;
  readonly #onEnding: (ending: Ending) => void;

  /** `body`: the code executes or waits; `over`: it has returned or thrown; `closed`: this process has let go of the run. */
  #phase: 'body' | 'over' | 'closed' = 'body';
  #outcome: Outcome | undefined;
  /** The run is being given up: nothing is delivered or started. */
  #closing = false;
  /** It is being given back to the store. */
  #parking = false;

  /** Undefined when the run is live. */
  #replay: Replay | undefined;
  readonly requests: Requests;
  readonly #writer: EventWriter;
  readonly #inbox: Inbox;
  readonly lines: PrintedLines;
  readonly #bodies = new RunningBodies();
  readonly grace: ForeignAwaitGrace;
  readonly #idleness: Idleness;
  readonly #suspicion: Suspicion;
  #onReplayed: (() => void) | undefined;

  constructor(
    services: RuntimeServices,
    claim: Claim,
    definition: Definition,
    { events, messages, early, manifests, trace, trial }: Past,
    onEnding: (ending: Ending) => void,
  ) {
    const { started, lastAt, printed, lastMessage, code } = summarize(events);
    const { clock, store, poller, hooks } = services;
    const isReplayed = events.length > 1;
    this.runId = claim.runId;
    this.seed = started.seed;
    this.definition = definition;
    this.claim = claim;
    this.services = services;
    this.trace = trace;
    this.startedAt = started.at;
    this.#input = started.input;
    this.#deadline = started.deadline ?? Number.POSITIVE_INFINITY;
    this.#onEnding = onEnding;
    this.code = new CodeVersions(definition, { versions: code, manifests }, isReplayed);
    this.mailbox = new Mailbox(poller);
    this.requests = new Requests(this, started.at, started.deadline, trial);
    this.#inbox = new Inbox(this.mailbox, this.requests.cancellation, messages, early, lastMessage);
    this.lines = new PrintedLines(clock, printed, () => this.record({ type: 'output' }));
    const outbox = new Outbox(claim, events.length, lastAt);
    const size = new JournalSize(store, claim.runId, events);
    this.#writer = new EventWriter(
      services,
      this,
      { outbox, size, lines: this.lines, code: this.code },
      isReplayed,
    );
    this.#suspicion = new Suspicion(services.unrecorded, this);
    this.grace = new ForeignAwaitGrace(
      hooks.patience ?? ((callback) => clock.after(PATIENCE_MS, callback)),
      () => services.commits.markReady(this),
    );
    const { requests, lines, grace } = this;
    this.#idleness = new Idleness({ requests, writer: this.#writer, lines, bodies: this.#bodies, grace });
    if (isReplayed) this.#replay = new Replay(this, events, requests, this.#writer, grace);
  }

  // For the worker

  /** Calls the function; its code up to the first await executes before this returns. */
  launch(): void {
    this.#suspicion.stir();
    if (this.#replay !== undefined) this.services.commits.markReady(this);
    else this.#goLive();
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
    if (this.#isRescuing) await new Promise<void>((resolve) => (this.#onReplayed = resolve));
    if (this.lines.unrecorded) this.record({ type: 'output' });
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
    if (this.#phase !== 'body' || this.#closing || this.#replay !== undefined) return undefined;
    const until = this.#idleness.waitsUntil(ms, this.services.clock.now(), this.#deadline);
    return until === undefined ? undefined : { until, seen: this.mailbox.lastSeq };
  }

  quietness(): Quietness {
    if (this.#phase !== 'body' || this.#closing) return 'busy';
    return this.#idleness.quietness(this.#replay !== undefined);
  }

  /** Stops deliveries while `give` gives the run back to the store, and lets go of the run if that succeeds. */
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
      this.services.commits.markReady(this);
    }
  }

  /** A message was sent to the run. */
  deliver(message: Message): void {
    if (this.#phase !== 'body' || !this.#inbox.isNew(message)) return;
    if (message.damage !== undefined) this.block(message.damage);
    // A parked run is woken by its messages, so none may be recorded while it is being parked.
    else if (this.#replay !== undefined || this.#parking) this.#inbox.keepUnread(message);
    else this.#inbox.receive(message);
  }

  reportUnrecorded(): void {
    reportUnrecorded(this, this.grace.lasting, this.#writer.lastKey);
  }

  // For the code, through its backend

  state(key: string, quiet: boolean): KeyState {
    // Nothing is recorded of a run that is over. A closed one begins nothing.
    if (this.#phase !== 'body') return this.#phase === 'over' ? 'plain' : 'recorded';
    // A cancellation rejects the next request. A quiet call may be no request.
    if (this.requests.cancellation.untold && !quiet) return 'recorded';
    const state = this.#replay?.machine.state(key, quiet) ?? 'live';
    if (state !== 'live') return state;
    if (!this.#mayBegin()) return 'recorded';
    this.requests.called(key);
    return state;
  }

  /** A call that begins at once can't wait until the lease is renewed, as other steps do. Without the lease it may not begin. */
  #mayBegin(): boolean {
    const holds = this.services.lease.holdNow();
    if (!(holds instanceof StoreError)) return holds;
    this.failed(holds);
    return false;
  }

  request(pending: Pending): void {
    if (this.#phase === 'closed') return;
    const untold = this.requests.cancellation.takeUntold();
    if (untold !== undefined) return this.requests.settle(pending, untold);
    this.services.hooks.asked?.(this.runId, pending.key, pending.kind);
    if (this.#replay !== undefined) return this.#replay.request(pending);
    if (this.#phase === 'body') this.requests.pending.add(pending);
    this.requests.start(pending);
  }

  // For the parts and the requests of this run

  get machine(): ReplayMachine | undefined {
    return this.#replay?.machine;
  }

  get isOver(): boolean {
    return this.#phase !== 'body';
  }

  get closing(): boolean {
    return this.#closing;
  }

  record(event: NewEvent, whenDurable?: () => void): void {
    this.#writer.record(event, whenDurable);
  }

  countBody(change: 1 | -1): void {
    this.#bodies.change(change);
  }

  // For the commit loop

  queued = 0;

  takeAppend(portion: Portion): Append | undefined {
    return this.#writer.take(portion);
  }

  get dirty(): boolean {
    return this.#writer.waits;
  }

  appended(): void {
    const { observers } = this.services;
    this.requests.progressed();
    if (observers.any) reportRecorded(observers, this, this.#writer.underway);
    const ended = this.#writer.confirm();
    if (this.#phase === 'closed') return;
    if (ended !== undefined) this.#close({ type: 'ended', outcome: ended });
    else if (this.#writer.deliverable) this.services.commits.markReady(this);
  }

  refused(): void {
    this.requests.disown(new LeaseLostError(this.runId));
    // If another worker has the run, the store refuses to mark it as blocked.
    this.block(journalChanged(this.runId));
  }

  failed(cause: StoreError): void {
    if (this.#writer.replaceTooLarge(cause)) return;
    this.#close({ type: 'stopped', error: storeFailed(this.runId, cause) });
  }

  advance(): boolean {
    if (this.#phase === 'closed' || (this.#closing && !this.#isRescuing)) return false;
    try {
      return this.#replay === undefined ? this.#deliverNext() : this.#replay.advance();
    } catch (error) {
      this.broken(error);
      return false;
    }
  }

  // From the replay to live execution

  /** Steps were called in the replay, whose outcomes can be recorded only when it has ended. */
  get #isRescuing(): boolean {
    return this.#writer.holdsEvents || (this.#writer.holdsBack && this.#bodies.any);
  }

  caughtUp(): boolean {
    return this.#goLive() && this.#deliverNext();
  }

  /** Messages and the deadline count from now on. Returns false if the run can't resume. */
  #goLive(): boolean {
    if (!this.endReplay() || this.#closing) return false;
    this.requests.cancellation.watchDeadline();
    this.#inbox.readAll();
    return true;
  }

  endReplay(): boolean {
    if (this.#replay?.end() === false) return false;
    this.#replay = undefined;
    this.code.live();
    this.#onReplayed?.();
    return true;
  }

  #deliverNext(): boolean {
    const event = this.#phase === 'body' ? this.#writer.next() : undefined;
    if (event === undefined) return false;
    this.feed(event);
    return this.#writer.deliverable;
  }

  feed(event: Delivery): void {
    this.#suspicion.stir();
    this.requests.deliver(event);
  }

  // The end

  /** The function has returned or thrown. */
  #finish(outcome: Outcome): void {
    if (this.#phase !== 'body') return;
    this.#phase = 'over';
    this.#writer.seal();
    this.#outcome = outcome;
    if (this.#replay === undefined) this.recordEnd();
    else this.services.commits.markReady(this);
  }

  recordEnd(): void {
    const { ok, value } = this.#outcome!;
    this.#writer.end({ type: 'run-ended', ok, value }, (ended) =>
      this.requests.cancellation.explains(ended, this.definition) ? { ...ended, cancelled: true } : ended,
    );
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
    this.#writer.seal();
    this.grace.end();
    this.lines.stop();
    this.requests.cancellation.stop();
    for (const pending of this.requests.pending.takeAll()) pending.stop(undefined);
    this.#writer.discard();
    this.#replay = undefined;
    this.#onReplayed?.();
    this.#bodies.release();
    this.#onEnding(ending);
  }
}
