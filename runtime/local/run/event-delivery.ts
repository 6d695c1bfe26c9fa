import { LeaseLostError, type StoreError } from '../../base/errors.ts';
import type { JournalEvent, RunEnded } from '../../journal/events.ts';
import type { Delivery } from '../../journal/replay-machine.ts';
import { reportRecorded } from '../../observe/recorded-events.ts';
import type { Append } from '../../stores/store.ts';
import type { Lane } from '../commit/commit-loop.ts';
import type { Portion } from '../commit/portion.ts';
import { EventWriter } from './event-writer.ts';
import type { ForeignAwaitGrace } from './foreign-await-grace.ts';
import type { Inbox } from './inbox.ts';
import { Replay, type ReplayedRun } from './replay.ts';
import type { Requests } from './requests.ts';
import type { RunningBodies } from './running-bodies.ts';
import type { ShownValues } from './shown-values.ts';
import { journalChanged } from './stop-errors.ts';
import type { Suspicion } from './unrecorded.ts';

/** A run, as its events are written and delivered. */
interface DeliveredRun extends ReplayedRun {
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly shown: ShownValues;
  /** This process has let go of the run. */
  readonly isClosed: boolean;
  /** The end of the run is durable. */
  ended(event: RunEnded): void;
  storeFailed(cause: StoreError): void;
  /** An unexpected error was thrown: the run can't resume here. */
  broken(error: unknown): void;
  block(error: unknown): void;
}

/** The parts of a run between which events pass. */
interface DeliveryParts {
  readonly requests: Requests;
  readonly inbox: Inbox;
  readonly bodies: RunningBodies;
  readonly suspicion: Suspicion;
  readonly grace: ForeignAwaitGrace;
}

/**
 * Delivers events to the code of one run: in a replay those of the journal, from then on those that the commit loop has made
 * durable.
 */
export class EventDelivery implements Lane {
  readonly writer: EventWriter;
  readonly #run: DeliveredRun;
  readonly #parts: DeliveryParts;
  /** Undefined when the run is live. */
  #replay: Replay | undefined;
  #onReplayed: (() => void) | undefined;

  /** @param events the journal to replay; undefined for a new run */
  constructor(
    run: DeliveredRun,
    parts: DeliveryParts,
    writerParts: ConstructorParameters<typeof EventWriter>[2],
    events: readonly JournalEvent[] | undefined,
  ) {
    this.#run = run;
    this.#parts = parts;
    this.writer = new EventWriter(run.services, this, writerParts, events !== undefined);
    if (events !== undefined) {
      this.#replay = new Replay(run, this, events, parts.requests, this.writer, parts.grace);
    }
  }

  get replay(): Replay | undefined {
    return this.#replay;
  }

  /** The code calls the function: the replay begins, or live execution if there is no journal. */
  begin(): void {
    this.#parts.suspicion.stir();
    if (this.#replay !== undefined) this.#run.services.commits.markReady(this);
    else this.#goLive();
  }

  // For the commit loop

  queued = 0;

  takeAppend(portion: Portion): Append | undefined {
    return this.writer.take(portion);
  }

  get dirty(): boolean {
    return this.writer.waits;
  }

  appended(): void {
    const { observers, commits } = this.#run.services;
    if (this.writer.underway.length > 0) this.#parts.requests.progressed();
    if (observers.any) reportRecorded(observers, this.#run, this.writer.underway);
    const ended = this.writer.confirm();
    if (this.#run.isClosed) return;
    if (ended !== undefined) this.#run.ended(ended);
    else if (this.writer.deliverable) commits.markReady(this);
  }

  refused(): void {
    const { runId } = this.#run;
    this.#parts.requests.disown(new LeaseLostError(runId));
    // If another worker has the run, the store refuses to mark it as blocked.
    this.#run.block(journalChanged(runId));
  }

  failed(cause: StoreError): void {
    if (!this.writer.replaceTooLarge(cause)) this.#run.storeFailed(cause);
  }

  advance(): boolean {
    if (this.#run.isClosed || (this.#run.closing && !this.#isRescuing)) return false;
    try {
      return this.#replay === undefined ? this.#deliverNext() : this.#replay.advance();
    } catch (error) {
      this.#run.broken(error);
      return false;
    }
  }

  #deliverNext(): boolean {
    const event = this.#run.isOver ? undefined : this.writer.next();
    if (event === undefined) return false;
    this.feed(event);
    return this.writer.deliverable;
  }

  feed(event: Delivery): void {
    this.#parts.suspicion.stir();
    this.#parts.requests.deliver(event);
  }

  // From the replay to live execution

  /** Steps were called in the replay, whose outcomes can be recorded only when it has ended. */
  get #isRescuing(): boolean {
    return this.writer.holdsEvents || (this.writer.holdsBack && this.#parts.bodies.any);
  }

  /** Resolves when the outcomes of such steps can be recorded. */
  async rescued(): Promise<void> {
    if (this.#isRescuing) await new Promise<void>((resolve) => (this.#onReplayed = resolve));
  }

  caughtUp(): boolean {
    return this.#goLive() && this.#deliverNext();
  }

  /** Messages and the deadline count from now on. Returns false if the run can't resume. */
  #goLive(): boolean {
    if (!this.endReplay() || this.#run.closing) return false;
    this.#parts.requests.cancellation.watchDeadline();
    this.#parts.inbox.readAll();
    return true;
  }

  endReplay(): boolean {
    if (this.#replay?.end() === false) return false;
    this.#replay = undefined;
    this.#run.code.live();
    this.#run.shown.live();
    this.#onReplayed?.();
    return true;
  }

  /** The run is closed. */
  stop(): void {
    this.writer.discard();
    this.#replay = undefined;
    this.#onReplayed?.();
  }
}
