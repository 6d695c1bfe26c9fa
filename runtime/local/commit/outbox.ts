import type { JournalEvent, NewEvent, RecordedVersions, RunEnded } from '../../journal/events.ts';
import { type Delivery, isDelivery } from '../../journal/replay-machine.ts';
import type { Claim } from '../../stores/claims.ts';
import type { Append, Shown } from '../../stores/store.ts';
import type { Portion } from './portion.ts';
import { lengthOf } from './sizes.ts';

/** The events of one run on their way into the store, and from there to the run: in one order, none passes another. */
export class Outbox {
  readonly #claim: Claim;
  /** Number of events in the store. */
  #seq: number;
  #lastAt: number;
  #queued: JournalEvent[] = [];
  /** What is being written. */
  #taken: JournalEvent[] = [];
  /** What is called once an event is durable, which is asked for few events. */
  readonly #whenDurable = new Map<JournalEvent, () => void>();
  /** Durable; those before `#delivered` were given to the run. */
  #deliveries: Delivery[] = [];
  #delivered = 0;

  /**
   * @param seq number of events in the store
   * @param lastAt time of the last of them, ms since the epoch; times in a journal never go back
   */
  constructor(claim: Claim, seq: number, lastAt: number) {
    this.#claim = claim;
    this.#seq = seq;
    this.#lastAt = lastAt;
  }

  /**
   * @param output number of lines printed so far, where that grew since the last event
   * @param code versions of functions, where they are others than before
   */
  put(
    fields: NewEvent,
    now: number,
    output: number | undefined,
    code: RecordedVersions | undefined,
    whenDurable: (() => void) | undefined,
  ): void {
    this.#lastAt = Math.max(now, this.#lastAt);
    const at = this.#lastAt;
    let event: JournalEvent = output === undefined ? { ...fields, at } : { ...fields, at, output };
    if (code !== undefined) event = { ...event, code };
    this.#queued.push(event);
    if (whenDurable !== undefined) this.#whenDurable.set(event, whenDurable);
  }

  /** Something is to be written that isn't being written. */
  get waits(): boolean {
    return this.#queued.length > 0;
  }

  /**
   * Hands over what is to be written, as much of it as goes into the portion; undefined if there is nothing.
   *
   * @param shown what is written with it, or alone
   */
  take(portion: Portion, shown: Shown | undefined): Append | undefined {
    if (shown !== undefined) portion.takeShown();
    else if (this.#queued.length === 0) return undefined;
    let count = 0;
    while (count < this.#queued.length && !portion.full) portion.take(this.#queued[count++]!);
    this.#taken = this.#queued;
    this.#queued = count < this.#taken.length ? this.#taken.splice(count) : [];
    const append = { claim: this.#claim, seq: this.#seq, events: this.#taken };
    return shown === undefined ? append : { ...append, shown };
  }

  /** What is being written. */
  get underway(): readonly JournalEvent[] {
    return this.#taken;
  }

  /** What was taken is durable. Gives the end of the run, if it was among it. */
  confirm(): RunEnded | undefined {
    const taken = this.#taken;
    this.#taken = [];
    this.#seq += taken.length;
    for (const event of taken) if (isDelivery(event)) this.#deliveries.push(event);
    // Called when all of them can be delivered: what they set off comes later.
    if (this.#whenDurable.size > 0) for (const event of taken) this.#follow(event);
    const last = taken.at(-1);
    return last?.type === 'run-ended' ? last : undefined;
  }

  #follow(event: JournalEvent): void {
    const whenDurable = this.#whenDurable.get(event);
    this.#whenDurable.delete(event);
    whenDurable?.();
  }

  /**
   * What was taken could not be written, perhaps since the largest of it is too large: that is replaced, and all of it is to
   * be taken again. False if none has so many characters.
   */
  replaceLargest(from: number, replacement: (event: JournalEvent) => JournalEvent): boolean {
    const sizes = this.#taken.map((event) => ('value' in event ? lengthOf(event) : 0));
    const largest = sizes.reduce((found, size, i) => (size > sizes[found]! ? i : found), 0);
    if ((sizes[largest] ?? 0) < from) return false;
    const event = this.#taken[largest]!;
    const replaced = replacement(event);
    const whenDurable = this.#whenDurable.get(event);
    this.#whenDurable.delete(event);
    if (whenDurable !== undefined) this.#whenDurable.set(replaced, whenDurable);
    this.#queued = [...this.#taken.with(largest, replaced), ...this.#queued];
    this.#taken = [];
    return true;
  }

  /** Everything was written and given to the run. */
  get empty(): boolean {
    return this.#queued.length === 0 && this.#taken.length === 0 && !this.deliverable;
  }

  get deliverable(): boolean {
    return this.#delivered < this.#deliveries.length;
  }

  /** The next event to give to the run. */
  next(): Delivery | undefined {
    const event = this.#deliveries[this.#delivered];
    if (event === undefined) return undefined;
    this.#delivered++;
    if (!this.deliverable) {
      this.#deliveries = [];
      this.#delivered = 0;
    }
    return event;
  }

  clear(): void {
    this.#queued = [];
    this.#whenDurable.clear();
    this.#deliveries = [];
    this.#delivered = 0;
  }
}
