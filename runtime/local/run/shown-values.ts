import {
  type AttributeEdits,
  attributeText,
  checkCount,
  type StoredAttribute,
  type StoredAttributes,
} from '../../base/attributes.ts';
import type { Shown } from '../../stores/store.ts';
import type { Clock } from '../time/timers.ts';
import { DifferingValues } from './differing-values.ts';

/** What no event has carried is written by itself after this many ms. */
const DELAY = 10;

/**
 * What one run shows of itself. It is no part of the journal: a replay sets it again, and when it has ended, what differs from the
 * store is written. From then on what changes is written with the next event, or by itself after a while.
 */
export class ShownValues {
  readonly #clock: Clock;
  readonly #onLate: () => void;
  readonly #attributes: DifferingValues<StoredAttribute>;
  #isLive = false;
  #waits = false;
  #isUnderway = false;
  #cancel: (() => void) | undefined;

  /**
   * @param started the attributes with which the run was started
   * @param stored what the store has; undefined for a new run
   * @param onLate called if no event has carried what waits for a while
   */
  constructor(
    clock: Clock,
    started: StoredAttributes | undefined,
    stored: StoredAttributes | undefined,
    onLate: () => void,
  ) {
    this.#clock = clock;
    this.#onLate = onLate;
    this.#attributes = new DifferingValues(attributeText, started, stored ?? started);
  }

  /** @throws LimitError for more attributes than a run may have */
  setAttributes(changes: AttributeEdits): void {
    const changed = this.#attributes.with(changes);
    checkCount('setAttributes', changed.size);
    this.#attributes.set(changed);
    this.#changed();
  }

  /** The run is replayed as far as its journal goes. */
  live(): void {
    this.#isLive = true;
    this.#changed();
  }

  /** Something is to be written that isn't being written. */
  get waits(): boolean {
    return this.#waits;
  }

  /** All of it is in the store. */
  get empty(): boolean {
    return !this.#waits && !this.#isUnderway;
  }

  /** Hands over what differs from the store; undefined for nothing. */
  take(): Shown | undefined {
    if (!this.#waits) return undefined;
    this.#waits = false;
    const attributes = this.#attributes.take();
    if (attributes === undefined) return undefined;
    this.#isUnderway = true;
    return { attributes };
  }

  /** What was taken is in the store. */
  confirm(): void {
    if (!this.#isUnderway) return;
    this.#isUnderway = false;
    this.#attributes.confirm();
  }

  /** What was taken is to be taken again. */
  again(): void {
    this.#waits ||= this.#isUnderway;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #changed(): void {
    if (!this.#isLive || this.#waits || !this.#attributes.differ) return;
    this.#waits = true;
    this.#cancel ??= this.#clock.after(DELAY, () => {
      this.#cancel = undefined;
      if (this.#waits) this.#onLate();
    });
  }
}
