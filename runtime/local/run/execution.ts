import { asError, textOf } from '../../base/error-text.ts';
import {
  DurableError,
  LeaseLostError,
  NonDeterminismError,
  RuntimeClosedError,
  StoreError,
} from '../../base/errors.ts';
import { type Definition, findDefinition } from '../../functions/definitions.ts';
import type { Manifest } from '../../functions/manifest.ts';
import { CodeVersions } from '../../journal/code-versions.ts';
import type { JournalEvent, NewEvent, RunEnded } from '../../journal/events.ts';
import { describeAltered, describeMismatch, describeUncertain } from '../../journal/mismatch.ts';
import { type Delivery, type Mismatch, ReplayMachine } from '../../journal/replay-machine.ts';
import { summarize } from '../../journal/summary.ts';
import { reportRecorded } from '../../observe/recorded-events.ts';
import type { ChildRequest, KeyState, Outcome } from '../../port/backend.ts';
import type { RunTrace } from '../../port/tracing.ts';
import { failure } from '../../run/outcome.ts';
import { runBody } from '../../scope/run-body.ts';
import type { Append, Claim, Message } from '../../stores/store.ts';
import type { Lane } from '../commit/commit-loop.ts';
import { Outbox } from '../commit/outbox.ts';
import type { Portion } from '../commit/portion.ts';
import { JournalSize } from '../commit/sizes.ts';
import { Mailbox } from '../messages/mailbox.ts';
import { Cancellation } from './cancellation.ts';
import type { Trial } from './crash-trials.ts';
import type { Ending } from './ending.ts';
import { ForeignAwaitGrace } from './foreign-await-grace.ts';
import { reportCodeChanged, reportUnrecorded } from './lifecycle-events.ts';
import type { Pending } from './pending.ts';
import { PendingSet } from './pending-set.ts';
import { PrintedLines } from './printed-lines.ts';
import { type BackendRun, RunBackend } from './run-backend.ts';
import type { RuntimeServices } from './runtime-services.ts';
import { type Quietness, type Suspect, Suspicion } from './unrecorded.ts';

/** What a run is when this process begins to drive it. */
export interface Past {
  /** The journal so far, with at least its `run-started`. */
  readonly events: readonly JournalEvent[];
  /** What was sent to the run and not taken yet. */
  readonly messages: readonly Message[];
  /** What was found for the run while it was being opened, or before. */
  readonly early: readonly Message[];
  /** Of the recorded versions of its code that aren't those of this process, what is known. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** What its spans belong to, where it is traced. */
  readonly trace: RunTrace | undefined;
  /** Where the run was with workers that are gone. */
  readonly trial?: Trial | undefined;
}

/** What a replay is to record once its journal has been found to fit. */
interface HeldEvent {
  readonly event: NewEvent;
  readonly whenDurable: (() => void) | undefined;
}

/** How long a foreign promise may keep the verdict open that the journal doesn't fit, in ms. */
const PATIENCE_MS = 30_000;

/**
 * One run that this process drives: asks the replay machine what to do while there is a journal to replay, and is live
 * from then on. All its state changes happen in turns of the event loop that the `Journal` gives it, or in code of the
 * run itself.
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
  readonly #onEnding: (ending: Ending) => void;
  readonly #input: string;

  /** `body`: the code runs or waits; `over`: it has returned or thrown; `closed`: nothing happens any more. */
  #phase: 'body' | 'over' | 'closed' = 'body';
  #outcome: Outcome | undefined;

  /** Until the journal is used up. */
  #machine: ReplayMachine | undefined;
  readonly #pending = new PendingSet();
  readonly mailbox: Mailbox;
  /** When callbacks expire, by token. */
  readonly expiries = new Map<string, number>();
  /** Messages that came before the journal was used up. */
  readonly #unread: Message[];
  /** The number of the last message that the store had for it by then; those up to here are unread, or were taken before. */
  readonly #lastKnown: number;
  readonly #cancellation: Cancellation;
  readonly #grace: ForeignAwaitGrace;
  readonly #suspicion: Suspicion;
  /** What was recorded last. */
  #lastKey: string | undefined;

  #trial: Trial | undefined;
  #now: number;
  readonly #outbox: Outbox;
  readonly #size: JournalSize;
  readonly #lines: PrintedLines;
  readonly #code: CodeVersions;
  /** What happened while the journal wasn't used up; undefined from then on. */
  #held: HeldEvent[] | undefined;
  #onFit: (() => void) | undefined;

  #closing = false;
  /** It is being given back to the store. */
  #parking = false;
  /** When something happened last, ms since the epoch. */
  #activeAt: number;
  #running = 0;
  #onIdle: (() => void) | undefined;
  readonly #deadline: number;

  constructor(
    services: RuntimeServices,
    claim: Claim,
    definition: Definition,
    { events, messages, early, manifests, trace, trial }: Past,
    onEnding: (ending: Ending) => void,
  ) {
    const { started, lastAt, printed, lastMessage, code } = summarize(events);
    this.runId = claim.runId;
    this.seed = started.seed;
    this.definition = definition;
    this.claim = claim;
    this.services = services;
    this.trace = trace;
    this.#trial = trial;
    this.startedAt = started.at;
    this.#onEnding = onEnding;
    this.#input = started.input;
    this.#now = started.at;
    this.#activeAt = services.clock.now();
    this.#outbox = new Outbox(claim, events.length, lastAt);
    this.#size = new JournalSize(services.store, claim.runId, events);
    this.#lines = new PrintedLines(services.clock, printed, () => this.record({ type: 'output' }));
    this.#deadline = started.deadline ?? Number.POSITIVE_INFINITY;
    this.#cancellation = new Cancellation(claim.runId, started.deadline, services.timers, (value, message) =>
      this.#recordCancellation(value, message),
    );
    this.mailbox = new Mailbox(services.poller);
    this.#suspicion = new Suspicion(services.unrecorded, this);
    this.#grace = new ForeignAwaitGrace(
      services.hooks.patience ?? ((callback) => services.clock.after(PATIENCE_MS, callback)),
      () => services.commits.markReady(this),
    );
    const isReplayed = events.length > 1;
    this.#code = new CodeVersions(definition, { versions: code, manifests }, isReplayed);
    if (isReplayed) {
      this.#machine = new ReplayMachine(events);
      this.#held = [];
    }
    this.#lastKnown = messages.reduce((last, { seq }) => Math.max(last, seq), lastMessage);
    this.#unread = [...messages, ...early.filter(({ seq }) => seq > this.#lastKnown)];
  }

  /** Calls the function; its first part runs before this returns. */
  launch(): void {
    this.#suspicion.stir();
    if (this.#machine !== undefined) this.services.commits.markReady(this);
    else this.#goLive();
    try {
      const settle = (outcome: Outcome): void => this.#finish(outcome);
      const { stepPolicy, hooks: lab } = this.services;
      const begin = (): void =>
        runBody(this.definition, new RunBackend(this), this.#input, settle, stepPolicy, lab);
      if (this.trace === undefined) begin();
      else this.trace.within(begin);
    } catch (error) {
      this.#block(error);
    }
  }

  /**
   * From now on nothing is delivered; resolves when the step bodies that are running have ended. Code of the run that
   * is in the middle of a turn isn't disturbed: what it starts until it waits is started.
   */
  async wind(): Promise<void> {
    this.#closing = true;
    await new Promise<void>((resolve) => this.services.hooks.turn(resolve));
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    if (this.#isRescuing) await new Promise<void>((resolve) => (this.#onFit = resolve));
    if (this.#lines.unrecorded) this.record({ type: 'output' });
  }

  /** Lets go of the run, where it isn't over; its journal stays as it is. Step bodies that go on all the same are told. */
  abandon(error: Error): void {
    this.#disown(error);
    this.#close({ type: 'stopped', error });
  }

  /**
   * Whether the run has only been waiting for so many ms, and will do so for as long again: then until when (ms since the
   * epoch), and the last message that it has seen.
   */
  parkable(ms: number): { readonly until: number; readonly seen: number } | undefined {
    const now = this.services.clock.now();
    const busy =
      this.#phase !== 'body' ||
      this.#machine !== undefined ||
      this.#cancellation.queued ||
      this.#running > 0 ||
      this.#grace.foreign ||
      this.#lines.unrecorded ||
      !this.#outbox.empty;
    if (busy || this.#closing || this.#pending.size === 0 || now - this.#activeAt < ms) return undefined;
    const idleUntil = this.#pending.idleUntil();
    if (idleUntil === undefined) return undefined;
    const until = this.#cancellation.requested ? idleUntil : Math.min(idleUntil, this.#deadline);
    return until - now < ms ? undefined : { until, seen: this.mailbox.lastSeq };
  }

  /** Lets go of the run while `give` gives it back to the store, and for good if that succeeds. */
  async park(give: () => boolean | Promise<boolean>): Promise<void> {
    this.#closing = true;
    this.#parking = true;
    try {
      if (await give()) this.#close({ type: 'parked' });
      else this.fenced();
    } catch {
      // Nothing is lost by keeping it; the next time may be better.
      this.#closing = false;
      this.#parking = false;
      for (const message of this.#unread.splice(0)) this.#receive(message);
      this.services.commits.markReady(this);
    }
  }

  /** Something was sent to the run. */
  deliver(message: Message): void {
    // What was found before the run was opened may have been taken by another worker since.
    if (this.#phase !== 'body' || message.seq <= this.#lastKnown) return;
    if (message.damage !== undefined) this.#block(message.damage);
    // What is recorded while the run is given up would be taken from those that wake it.
    else if (this.#machine !== undefined || this.#parking) this.#unread.push(message);
    else this.#receive(message);
  }

  // What the code asks for, through its backend

  get now(): number {
    return this.#now;
  }

  state(key: string, quiet: boolean): KeyState {
    // Nobody waits any more for what a run does that is over, so nothing is recorded of it; a closed one does nothing.
    if (this.#phase !== 'body') return this.#phase === 'over' ? 'plain' : 'recorded';
    // What such a call asks for next is told; the call itself may well be that of a helper.
    if (this.#cancellation.untold && !quiet) return 'recorded';
    const state = this.#machine?.state(key, quiet) ?? 'live';
    if (state !== 'live') return state;
    if (!this.#mayBegin()) return 'recorded';
    this.#trial?.called(key);
    return state;
  }

  /** What begins at once can't wait for the lease, as other steps do; a worker that has lost it begins nothing. */
  #mayBegin(): boolean {
    const holds = this.services.lease.holdNow();
    if (!(holds instanceof StoreError)) return holds;
    this.failed(holds);
    return false;
  }

  entered(path: string, fn: string): void {
    const definition = findDefinition(fn);
    if (definition === undefined) return;
    this.#code.enter(path, definition);
    this.services.manifests.note(definition);
  }

  admitOutput(): boolean {
    return this.#lines.admit();
  }

  awaitForeign(promise: PromiseLike<unknown>, text?: string): void {
    this.#grace.watch(promise, text);
    this.services.hooks.foreign?.(promise);
  }

  callsBack(promise: PromiseLike<unknown>): void {
    this.#grace.watchCaller(promise);
    this.services.hooks.foreign?.(promise);
  }

  startChild(child: ChildRequest): Promise<Outcome> {
    const start = (): Promise<Outcome> => this.services.startChild(child, this.runId);
    const started = this.trace === undefined ? start() : this.trace.within(start);
    return started.catch((error: unknown) => {
      if (error instanceof StoreError) this.failed(error);
      else if (!(error instanceof RuntimeClosedError)) this.#block(error);
      return new Promise<never>(() => {});
    });
  }

  request(pending: Pending): void {
    if (this.#phase === 'closed') return;
    const untold = this.#cancellation.takeUntold();
    if (untold !== undefined) return this.#settle(pending, untold);
    this.services.hooks.asked?.(this.runId, pending.key, pending.kind);
    if (this.#machine === undefined) {
      if (this.#phase === 'body') this.#pending.add(pending);
      this.#start(pending);
    } else this.#requestInReplay(this.#machine, pending);
  }

  /**
   * The journal isn't used up. What is recorded is delivered in its turn. A step of which no outcome is recorded was under
   * way when the process died. Where the code is the same, its call is this very one, so it is called again now, with what it
   * was given then. Where the code is another, nothing is called before the whole journal is known to fit, and then only
   * if what it is called with is still what it was given.
   */
  #requestInReplay(machine: ReplayMachine, pending: Pending): void {
    const known = machine.request(pending.key, pending.kind);
    this.#grace.stir();
    pending.isRecorded = known === 'ended';
    if (known !== 'unknown' && !this.#code.isSame) {
      const uncertain = this.#code.check(pending.key);
      if (uncertain !== undefined) return this.#refuse(describeUncertain(this, uncertain));
    }
    if (this.#phase === 'body') this.#pending.add(pending);
    if (known === 'ended' || pending.kind !== 'step') return;
    if (!this.#code.isSame) pending.heldBack();
    else if (!machine.cancelsLater && !this.#closing) this.#start(pending);
  }

  callOff(key: string): void {
    this.#pending.take(key)?.callOff();
  }

  // What the things that the run waits for ask for

  /** Where the code stands that the keys of the run mean, now and when they were recorded. */
  get code(): CodeVersions {
    return this.#code;
  }

  get machine(): ReplayMachine | undefined {
    return this.#machine;
  }

  /** Outcomes that come when the run is over are dropped: nobody can await them any more. */
  record(event: NewEvent, whenDurable?: () => void): void {
    if (this.#phase !== 'body') return;
    const admitted = this.#size.admit(event);
    if (this.#held === undefined) this.#write(admitted, whenDurable);
    else this.#held.push({ event: admitted, whenDurable });
  }

  countBody(change: 1 | -1): void {
    this.#running += change;
    if (this.#running === 0) this.#onIdle?.();
  }

  // What the journal asks for

  takeAppend(portion: Portion): Append | undefined {
    return this.#outbox.take(portion);
  }

  get dirty(): boolean {
    return this.#outbox.waits;
  }

  appended(): void {
    const { observers } = this.services;
    this.#trial?.progressed();
    this.#trial = undefined;
    if (observers.any) reportRecorded(observers, this, this.#outbox.underway);
    const ended = this.#outbox.confirm();
    if (this.#phase === 'closed') return;
    if (ended !== undefined) this.#close({ type: 'ended', outcome: ended });
    else if (this.#outbox.deliverable) this.services.commits.markReady(this);
  }

  /** Another worker has the run, or may have it. */
  fenced(): void {
    const error = new LeaseLostError(this.runId);
    this.#disown(error);
    this.#close({ type: 'stopped', error });
  }

  refused(): void {
    this.#disown(new LeaseLostError(this.runId));
    // If another worker has the run, that turns out when it is to be blocked.
    this.#block(
      new StoreError(
        `The journal of run "${this.runId}" was changed by something else while it was under way here: what comes next ` +
          `doesn't fit behind what is there. Nothing more was written to it. Other runs are not affected.`,
      ),
    );
  }

  /** What is done again elsewhere is not to go on here. */
  #disown(why: Error): void {
    this.#pending.stopAll(failure(why));
  }

  failed(cause: StoreError): void {
    const refuse = (event: JournalEvent): JournalEvent => this.#size.refuseWritten(event, cause);
    if (cause.tooLargeFrom !== undefined && this.#outbox.replaceLargest(cause.tooLargeFrom, refuse)) {
      this.services.commits.markDirty(this);
      return;
    }
    const error = new StoreError(
      `The run "${this.runId}" has stopped where its journal ends, and goes on when the store can be written again, here if this process is a worker, or with the next recover(): ${cause.message}`,
      { cause },
    );
    this.#close({ type: 'stopped', error });
  }

  advance(): boolean {
    if (this.#phase === 'closed' || (this.#closing && !this.#isRescuing)) return false;
    try {
      return this.#machine === undefined ? this.#deliver() : this.#replay(this.#machine);
    } catch (error) {
      this.broken(error);
      return false;
    }
  }

  /** Steps were called in the replay whose outcomes can be recorded only when it is over. */
  get #isRescuing(): boolean {
    return this.#held !== undefined && (this.#held.length > 0 || this.#running > 0);
  }

  #replay(machine: ReplayMachine): boolean {
    if (this.#phase === 'over') return this.#judgeEnd(machine);
    const decision = machine.next();
    switch (decision.type) {
      case 'deliver':
        this.#grace.end();
        this.#feed(decision.event);
        return true;
      case 'caught-up':
        this.#grace.end();
        return this.#goLive() && this.#deliver();
      case 'mismatch':
        return this.#disagree(decision.mismatch);
    }
  }

  /** The journal is used up and fits: what comes from outside counts from now on. False if the run can't go on. */
  #goLive(): boolean {
    if (!this.#endReplay()) return false;
    if (this.#closing) return false;
    this.#cancellation.watchDeadline();
    for (const message of this.#unread.splice(0)) this.#receive(message);
    return true;
  }

  /** Records what the replay held back, and starts what it didn't. False if the run can't go on. */
  #endReplay(): boolean {
    const altered = this.#pending.unstarted().find((pending) => !pending.isAsGiven());
    if (altered !== undefined) {
      this.#refuse(describeAltered(this, altered.key));
      return false;
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    if (this.#machine !== undefined && this.#code.hasChanged) reportCodeChanged(this);
    if (this.#phase === 'body') {
      for (const { event, whenDurable } of held) this.#write(event, whenDurable);
    }
    if (!this.#closing) this.#startPending();
    this.#machine = undefined;
    this.#code.live();
    this.#onFit?.();
    return true;
  }

  #receive(message: Message): void {
    if (!this.mailbox.put(message) || message.kind !== 'cancel') return;
    this.#cancellation.request(message.value, message.seq);
  }

  #recordCancellation(value: string, message: number | undefined): void {
    // What is asked for until the run learns of it isn't started, or what comes of that would be lost.
    this.#pending.stopAll({ ok: false, value });
    const event = { type: 'cancel-requested', value } as const;
    this.record(message === undefined ? event : { ...event, message });
  }

  /** In the order in which they were asked for. */
  #startPending(): void {
    for (const pending of this.#pending.unstarted()) this.#start(pending);
  }

  #start(pending: Pending): void {
    if (this.#cancellation.queued) return;
    pending.started = true;
    if (pending.kind === 'step') this.#trial?.called(pending.key);
    try {
      pending.start();
    } catch (error) {
      this.broken(error);
    }
  }

  #deliver(): boolean {
    const event = this.#phase === 'body' ? this.#outbox.next() : undefined;
    if (event === undefined) return false;
    this.#feed(event);
    return this.#outbox.deliverable;
  }

  /** Lets the code know of an event. */
  #feed(event: Delivery): void {
    this.#suspicion.stir();
    this.#now = event.at;
    if (event.type === 'cancel-requested') return this.#tellCancelled(event.value);
    if (event.type === 'callback-created' && event.until !== undefined) {
      this.expiries.set(event.token, event.until);
    }
    if (event.type === 'received') this.mailbox.recall(event);
    const pending = this.#pending.take(event.key);
    // Without one the run was cancelled meanwhile, and has been told that, or it has called the wait off.
    if (pending !== undefined) this.#settle(pending, pending.outcome(event));
    else if (event.type === 'received') this.mailbox.returnRecorded(event);
  }

  #tellCancelled(value: string): void {
    const outcome = { ok: false, value };
    const told = this.#pending.takeAll();
    this.#cancellation.deliver(outcome, told.length > 0);
    for (const pending of told) this.#settle(pending, outcome);
  }

  #settle(pending: Pending, outcome: Outcome): void {
    try {
      pending.settle(outcome);
    } catch (error) {
      // It can't be decoded here; to throw it into the code would send it another way than the first time.
      this.#block(error);
    }
  }

  quietness(): Quietness {
    const isBusy =
      this.#phase !== 'body' || this.#closing || this.#pending.size > 0 || this.#cancellation.queued;
    if (isBusy || !this.#outbox.empty) return 'busy';
    if (this.#machine !== undefined || this.#running > 0) return 'soon';
    return this.#grace.foreign && this.#grace.lasting === undefined ? 'soon' : 'quiet';
  }

  reportUnrecorded(): void {
    reportUnrecorded(this, this.#grace.lasting, this.#lastKey);
  }

  #write(fields: NewEvent, whenDurable?: () => void): void {
    if ('key' in fields) this.#lastKey = fields.key;
    this.#activeAt = this.services.clock.now();
    this.#outbox.put(fields, this.#activeAt, this.#lines.take(), this.#code.take(), whenDurable);
    this.services.commits.markDirty(this);
  }

  /** The function has returned or thrown. */
  #finish(outcome: Outcome): void {
    if (this.#phase !== 'body') return;
    this.#phase = 'over';
    this.#outcome = outcome;
    if (this.#machine === undefined) this.#recordEnd(outcome);
    else this.services.commits.markReady(this);
  }

  #recordEnd(outcome: Outcome): void {
    const { ok, value } = outcome;
    const ended = this.#size.admit({ type: 'run-ended', ok, value }) as NewEvent<RunEnded>;
    const isCancelled = this.#cancellation.explains(ended, this.definition);
    this.#write(isCancelled ? { ...ended, cancelled: true } : ended);
  }

  #judgeEnd(machine: ReplayMachine): boolean {
    const mismatch = machine.end();
    if (mismatch !== undefined) return this.#disagree(mismatch);
    // Losers of a race that were under way when the process died are started; without the crash they would have gone on.
    if (this.#endReplay()) this.#recordEnd(this.#outcome!);
    return false;
  }

  /** The code may still catch up while it awaits something that isn't recorded. */
  #disagree(mismatch: Mismatch): false {
    if (!this.#grace.waits()) this.#refuse(describeMismatch(this, mismatch));
    return false;
  }

  /** Whatever is thrown where nothing should be: the run is parked, and no other learns of it. */
  broken(error: unknown): void {
    this.#block(
      new DurableError(
        'HANDLING',
        `Run "${this.runId}" of ${this.definition.id} was parked, since this was thrown while something that it waited for ` +
          `was handled: ${textOf(error)}. Nothing that is recorded is lost: mend what threw, and resume() it.`,
        { cause: error },
      ),
    );
  }

  #refuse(message: string): void {
    this.#block(new NonDeterminismError(this.runId, message));
  }

  #block(error: unknown): void {
    this.#close({ type: 'blocked', error: asError(error) });
  }

  #close(ending: Ending): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#grace.end();
    this.#lines.stop();
    this.#cancellation.stop();
    for (const pending of this.#pending.takeAll()) pending.stop(undefined);
    this.#outbox.clear();
    this.#machine = undefined;
    this.#held = undefined;
    this.#onFit?.();
    this.#onIdle?.();
    this.#onEnding(ending);
  }
}
