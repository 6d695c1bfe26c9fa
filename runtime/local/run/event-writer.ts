import type { StoreError } from '../../base/errors.ts';
import type { CodeVersions } from '../../journal/code-versions.ts';
import type { JournalEvent, NewEvent, RunEnded } from '../../journal/events.ts';
import type { Delivery } from '../../journal/replay-machine.ts';
import type { Append } from '../../stores/store.ts';
import type { Lane } from '../commit/commit-loop.ts';
import type { Outbox } from '../commit/outbox.ts';
import type { Portion } from '../commit/portion.ts';
import type { JournalSize } from '../commit/sizes.ts';
import type { PrintedLines } from './printed-lines.ts';
import type { RuntimeServices } from './runtime-services.ts';
import type { ShownValues } from './shown-values.ts';

/** An event that a replay records once the whole journal fits. */
interface HeldEvent {
  readonly event: NewEvent;
  readonly whenDurable: (() => void) | undefined;
}

/** What a writer adds to events, and where it writes them. */
interface WriterParts {
  readonly outbox: Outbox;
  readonly size: JournalSize;
  readonly lines: PrintedLines;
  readonly code: CodeVersions;
  readonly shown: ShownValues;
}

/**
 * The new events of one run, from the code to the outbox. During a replay they are held back, since nothing may be written
 * before the whole journal is known to fit.
 */
export class EventWriter {
  readonly #services: Pick<RuntimeServices, 'clock' | 'commits'>;
  readonly #lane: Lane;
  readonly #outbox: Outbox;
  readonly #size: JournalSize;
  readonly #lines: PrintedLines;
  readonly #code: CodeVersions;
  readonly #shown: ShownValues;
  /** Undefined unless events are held back. */
  #held: HeldEvent[] | undefined;
  #isSealed = false;
  #lastKey: string | undefined;
  #activeAt: number;

  /** @param holdsBack whether there is a journal to replay */
  constructor(
    services: Pick<RuntimeServices, 'clock' | 'commits'>,
    lane: Lane,
    { outbox, size, lines, code, shown }: WriterParts,
    holdsBack: boolean,
  ) {
    this.#services = services;
    this.#lane = lane;
    this.#outbox = outbox;
    this.#size = size;
    this.#lines = lines;
    this.#code = code;
    this.#shown = shown;
    this.#held = holdsBack ? [] : undefined;
    this.#activeAt = services.clock.now();
  }

  /** When the last event was recorded, or the run was loaded; ms since the epoch. */
  get activeAt(): number {
    return this.#activeAt;
  }

  /** The key of the last recorded event that has one. */
  get lastKey(): string | undefined {
    return this.#lastKey;
  }

  /** A replay may still record events. */
  get holdsBack(): boolean {
    return this.#held !== undefined;
  }

  get holdsEvents(): boolean {
    return this.#held !== undefined && this.#held.length > 0;
  }

  /** All events are in the store and were delivered, and so is what the run shows. */
  get empty(): boolean {
    return this.#outbox.empty && this.#shown.empty;
  }

  /** Outcomes that come after the function has ended are dropped: nothing can await them. */
  record(event: NewEvent, whenDurable?: () => void): void {
    if (this.#isSealed) return;
    const admitted = this.#size.admit(event);
    if (this.#held === undefined) this.#write(admitted, whenDurable);
    else this.#held.push({ event: admitted, whenDurable });
  }

  /** The function has ended, or the run is closed: only the end of the run may be recorded from now on. */
  seal(): void {
    this.#isSealed = true;
  }

  /** The journal fits: writes the events that were held back, unless the function has ended. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (this.#isSealed) return;
    for (const { event, whenDurable } of held) this.#write(event, whenDurable);
  }

  /** Records the end of the run. `finish` completes the event. */
  end(event: NewEvent<RunEnded>, finish: (event: NewEvent<RunEnded>) => NewEvent<RunEnded>): void {
    this.#write(finish(this.#size.admit(event) as NewEvent<RunEnded>));
  }

  /** Writes what the run shows, if no event is to carry it. */
  show(): void {
    if (this.#shown.waits) this.#services.commits.markDirty(this.#lane);
  }

  #write(fields: NewEvent, whenDurable?: () => void): void {
    if ('key' in fields) this.#lastKey = fields.key;
    this.#activeAt = this.#services.clock.now();
    this.#outbox.put(fields, this.#activeAt, this.#lines.take(), this.#code.take(), whenDurable);
    this.#services.commits.markDirty(this.#lane);
  }

  // For the commit loop

  get waits(): boolean {
    return this.#outbox.waits || this.#shown.waits;
  }

  take(portion: Portion): Append | undefined {
    return this.#outbox.take(portion, this.#shown.take());
  }

  get underway(): readonly JournalEvent[] {
    return this.#outbox.underway;
  }

  confirm(): RunEnded | undefined {
    this.#shown.confirm();
    return this.#outbox.confirm();
  }

  get deliverable(): boolean {
    return this.#outbox.deliverable;
  }

  next(): Delivery | undefined {
    return this.#outbox.next();
  }

  /** The store could not write the events. Returns true if one was too large: an error takes its place, to be written again. */
  replaceTooLarge(cause: StoreError): boolean {
    if (cause.tooLargeFrom === undefined) return false;
    const refuse = (event: JournalEvent): JournalEvent => this.#size.refuseWritten(event, cause);
    if (!this.#outbox.replaceLargest(cause.tooLargeFrom, refuse)) return false;
    this.#shown.again();
    this.#services.commits.markDirty(this.#lane);
    return true;
  }

  /** The run is closed. */
  discard(): void {
    this.#held = undefined;
    this.#shown.stop();
    this.#outbox.clear();
  }
}
