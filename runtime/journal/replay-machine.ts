import type {
  CallbackCreated,
  CancelRequested,
  ChildStarted,
  Expired,
  JournalEvent,
  Received,
  StepEnded,
  WaitFired,
} from './events.ts';

/** The kinds of requests. */
export type RequestKind = 'step' | 'wait' | 'message' | 'callback' | 'child';

/** An event that settles a promise of the run. */
export type Completion = StepEnded | WaitFired | Received | Expired | CallbackCreated | ChildStarted;

/** An event that the code learns of. */
export type Delivery = Completion | CancelRequested;

/** How far the attempts of a step have come. */
export interface Attempts {
  /** The last one that is recorded. */
  readonly attempt: number;
  /** When the next one is due, ms since the epoch; undefined if the last one was started at most once and didn't end. */
  readonly retryAt: number | undefined;
  /** The encoded error of one that failed. */
  readonly error: string | undefined;
}

/** The journal and the code disagree. */
export interface Mismatch {
  /** The first recorded event that doesn't fit. */
  readonly recorded: JournalEvent;
  /** Its place in the journal, 0-based. */
  readonly index: number;
  /** The pending requests at that moment, in the order of the calls. */
  readonly requested: ReadonlyMap<string, RequestKind>;
  /** The code has returned or thrown already. */
  readonly ended: boolean;
}

/**
 * - `deliver`: hand this completion to the run;
 * - `caught-up`: the journal is used up and it fits; the run is live and the machine is no longer needed;
 * - `mismatch`: stop.
 */
export type Decision =
  | { readonly type: 'deliver'; readonly event: Delivery }
  | { readonly type: 'caught-up' }
  | { readonly type: 'mismatch'; readonly mismatch: Mismatch };

/** Flags of a recorded key. */
const REQUESTED = 1;
/** The request has another kind than the event. */
const CLASH = 2;

/**
 * Decides how a journal is delivered to a run that starts again from its first line. Pure: no I/O, no clock, no chance. Its
 * input are the requests of the code, its output is what happens next. The host calls `next` only when the run is quiescent.
 */
export class ReplayMachine {
  readonly #events: readonly JournalEvent[];
  // A journal may hold 100,000 keys: what is known of each is kept in columns, since as many objects would cost more
  // than all the rest of a replay.
  /** The place of each recorded key in the columns. */
  readonly #places = new Map<string, number>();
  /** The keys by their places. */
  readonly #keys: string[] = [];
  /** The code mostly requests keys in the order in which they were first recorded. This is the next one. */
  #nextPlace = 0;
  /** Of each event, the place of its key. */
  readonly #placeOf: Uint32Array;
  /** The index of the last event of each key. */
  readonly #last: Uint32Array;
  readonly #flags: Uint8Array;
  readonly #waiting = new Map<string, RequestKind>();
  #cursor: number;
  /** Cancellations that aren't delivered yet. */
  #cancels = 0;
  /** Recorded keys that the code hasn't requested yet. */
  #unrequested: number;

  /**
   * @param events a whole journal, from its `run-started` on
   * @param from the event behind which it is replayed
   */
  constructor(events: readonly JournalEvent[], from = 0) {
    this.#events = events;
    this.#cursor = from + 1;
    this.#placeOf = new Uint32Array(events.length);
    this.#last = new Uint32Array(events.length);
    this.#flags = new Uint8Array(events.length);
    for (let index = from; index < events.length; index++) this.#index(events[index]!, index);
    this.#unrequested = this.#places.size;
  }

  /** A cancellation is recorded that was not delivered yet. New requests will be rejected with it. */
  get cancelsLater(): boolean {
    return this.#cancels > 0;
  }

  /** How many events of the journal were delivered, or had nothing to deliver. */
  get delivered(): number {
    return this.#cursor;
  }

  /** Something is recorded that the code hasn't come to yet. */
  get isAhead(): boolean {
    return this.#unrequested > 0;
  }

  /**
   * The code requests an outcome:
   * - `unknown`: nothing is recorded under this key;
   * - `open`: its beginning is recorded and no end;
   * - `ended`: its outcome is recorded, and will be delivered; or it is recorded as another kind, which is a mismatch.
   */
  request(key: string, kind: RequestKind): 'unknown' | 'open' | 'ended' {
    this.#waiting.set(key, kind);
    const place = this.#find(key);
    if (place === undefined) return 'unknown';
    this.#markRequested(place);
    const event = this.#lastAt(place);
    if (KINDS[event.type] !== kind) this.#flags[place]! |= CLASH;
    return this.#isOpen(place, event) ? 'open' : 'ended';
  }

  /** Whether anything is recorded under this key. */
  knows(key: string): boolean {
    return this.#places.has(key);
  }

  /** The recorded due time of a wait that isn't over, or when it expires, in ms since the epoch. */
  until(key: string): number | undefined {
    const event = this.#lastOf(key);
    return event !== undefined && 'until' in event ? event.until : undefined;
  }

  /** What is recorded of the attempts of a step that hasn't ended. */
  attempts(key: string): Attempts | undefined {
    const event = this.#lastOf(key);
    return event && attemptsOf(event);
  }

  /**
   * What is known of a key whose call may return no promise; asking counts as requesting a plain one.
   *
   * Unknown keys need care. When the earlier process made this call, its `plain` event was queued at once, but a crash
   * may have come before it was written, while completions that were queued earlier are in the journal. If the code
   * was asked here for everything that is recorded, that may be so, and only the call itself can tell. If some recorded
   * key hasn't been asked for yet, that event was queued after this call, and a `plain` event would stand before it:
   * so the call returned a promise. Of a quiet call it is the promise that an event would stand for, so it returned none.
   */
  state(key: string, quiet: boolean): 'live' | 'plain' | 'made' | 'recorded' {
    const place = this.#find(key);
    if (place === undefined) return this.#unrequested === 0 ? 'live' : quiet ? 'plain' : 'recorded';
    const { type } = this.#lastAt(place);
    if (type !== 'plain' && type !== 'made') return 'recorded';
    this.#markRequested(place);
    return type;
  }

  /** The next thing to do, while the run is quiescent. Asking again after a mismatch is allowed: the code may catch up. */
  next(): Decision {
    for (; this.#cursor < this.#events.length; this.#cursor++) {
      const event = this.#events[this.#cursor]!;
      if (!this.#fits(event, this.#cursor)) return this.#mismatch(event, this.#cursor, false);
      if (isDelivery(event)) {
        this.#cursor++;
        if (event.type === 'cancel-requested') {
          this.#cancels--;
          this.#waiting.clear();
        } else this.#waiting.delete(event.key);
        return { type: 'deliver', event };
      }
    }
    return { type: 'caught-up' };
  }

  /**
   * The verdict when the function has returned or thrown. All remaining completions must have been requested: they lost a race,
   * and were recorded before the run could end. Returns the mismatch, if there is one.
   */
  end(): Mismatch | undefined {
    for (let index = this.#cursor; index < this.#events.length; index++) {
      const event = this.#events[index]!;
      if (!this.#fits(event, index)) return this.#mismatch(event, index, true).mismatch;
    }
    return undefined;
  }

  #fits(event: JournalEvent, index: number): boolean {
    switch (event.type) {
      case 'run-started':
      case 'output':
      case 'since':
      case 'accepted':
      case 'cancel-requested':
        return true;
      case 'run-ended':
        return false;
      default:
        return this.#flags[this.#placeOf[index]!] === REQUESTED;
    }
  }

  #mismatch(
    recorded: JournalEvent,
    index: number,
    ended: boolean,
  ): { readonly type: 'mismatch'; readonly mismatch: Mismatch } {
    return { type: 'mismatch', mismatch: { recorded, index, requested: this.#waiting, ended } };
  }

  /** The place of a key that the code requests. */
  #find(key: string): number | undefined {
    const place = this.#keys[this.#nextPlace] === key ? this.#nextPlace : this.#places.get(key);
    if (place !== undefined) this.#nextPlace = place + 1;
    return place;
  }

  #markRequested(place: number): void {
    if ((this.#flags[place]! & REQUESTED) !== 0) return;
    this.#flags[place]! |= REQUESTED;
    this.#unrequested--;
  }

  /** @param event the last of the key */
  #isOpen(place: number, event: JournalEvent): boolean {
    return !isDelivery(event) && (this.#flags[place]! & CLASH) === 0;
  }

  #lastAt(place: number): KeyedEvent {
    return this.#events[this.#last[place]!] as KeyedEvent;
  }

  #lastOf(key: string): KeyedEvent | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#lastAt(place);
  }

  #index(event: JournalEvent, index: number): void {
    if (event.type === 'cancel-requested') this.#cancels++;
    if (!('key' in event)) return;
    let place = this.#places.get(event.key);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(event.key, place);
      this.#keys.push(event.key);
    }
    this.#placeOf[index] = place;
    this.#last[place] = index;
  }
}

type KeyedEvent = Extract<JournalEvent, { key: string }>;

/** What the code must ask for under the key of an event; undefined for a call that is no step. */
export const KINDS: Readonly<Record<KeyedEvent['type'], RequestKind | undefined>> = {
  step: 'step',
  'attempt-failed': 'step',
  'step-started': 'step',
  begun: 'step',
  plain: undefined,
  made: undefined,
  'wait-set': 'wait',
  'wait-fired': 'wait',
  'expiry-set': 'message',
  expired: 'message',
  received: 'message',
  'callback-created': 'callback',
  'child-started': 'child',
};

/** How far the attempts of a step had come when this event was recorded. */
export function attemptsOf(event: JournalEvent): Attempts | undefined {
  switch (event.type) {
    case 'attempt-failed':
      return { attempt: event.attempt, retryAt: event.retryAt, error: event.value };
    case 'step-started':
      return { attempt: event.attempt, retryAt: undefined, error: undefined };
    default:
      return undefined;
  }
}

/** Whether the code learns of an event. */
export function isDelivery(event: JournalEvent): event is Delivery {
  switch (event.type) {
    case 'step':
    case 'wait-fired':
    case 'received':
    case 'expired':
    case 'callback-created':
    case 'child-started':
    case 'cancel-requested':
      return true;
    default:
      return false;
  }
}
