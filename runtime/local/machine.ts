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

/** What the code asks for under a key. */
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
}

/** The journal and the code disagree. */
export interface Mismatch {
  /** The first recorded event that doesn't fit. */
  readonly recorded: JournalEvent;
  /** Its place in the journal, 0-based. */
  readonly index: number;
  /** What the code waits for at that moment, in the order in which it asked. */
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

interface Recorded {
  /** `undefined` for a call that was recorded as plain. */
  readonly kind: RequestKind | undefined;
  /** Its outcome is recorded. */
  readonly completed: boolean;
  /** The due time of a wait, or when it expires. */
  readonly until: number | undefined;
  readonly attempts: Attempts | undefined;
  requested: boolean;
  /** It was asked for as something else than what it is. */
  clash: boolean;
}

/**
 * Decides how a journal is fed to a run that starts again from its first line. Pure: no I/O, no clock, no chance; it
 * is told what the code asks for, and says what happens next. Its host calls `next` only when the run is quiescent.
 */
export class ReplayMachine {
  readonly #events: readonly JournalEvent[];
  readonly #recorded = new Map<string, Recorded>();
  readonly #waiting = new Map<string, RequestKind>();
  #cursor = 1;
  /** Completions that aren't delivered yet. */
  #remaining = 0;
  /** Recorded keys that the code hasn't asked for yet. */
  #unrequested: number;

  /** @param events a whole journal, from its `run-started` on */
  constructor(events: readonly JournalEvent[]) {
    this.#events = events;
    for (const event of events) this.#index(event);
    this.#unrequested = this.#recorded.size;
  }

  /** True once every recorded completion has been delivered: steps may start, though the rest isn't verified yet. */
  get live(): boolean {
    return this.#remaining === 0;
  }

  /**
   * The code asks for an outcome. True: start it now. False: keep it, to be delivered, or started once `live`; ask
   * `mayStart` then.
   */
  request(key: string, kind: RequestKind): boolean {
    this.#waiting.set(key, kind);
    const recorded = this.#recorded.get(key);
    if (recorded !== undefined) {
      this.#markRequested(recorded);
      if (recorded.kind !== kind) recorded.clash = true;
    }
    return this.live && this.mayStart(key);
  }

  /** False for what has a recorded outcome, and for what is recorded as something else and so is a mismatch. */
  mayStart(key: string): boolean {
    const recorded = this.#recorded.get(key);
    return recorded === undefined || !(recorded.completed || recorded.clash);
  }

  /** The recorded due time of a wait, or when it expires, in ms since the epoch. */
  until(key: string): number | undefined {
    return this.#recorded.get(key)?.until;
  }

  /** What is recorded of the attempts of a step that hasn't ended. */
  attempts(key: string): Attempts | undefined {
    return this.#recorded.get(key)?.attempts;
  }

  /**
   * What is known of a key whose call may return no promise; asking counts as requesting a plain one.
   *
   * Unknown keys need care. When the earlier process made this call, its `plain` event was queued at once, but a crash
   * may have come before it was written, while completions that were queued earlier are in the journal. If the code
   * was asked here for everything that is recorded, that may be so, and only the call itself can tell. If some recorded
   * key hasn't been asked for yet, that event was queued after this call, and a `plain` event would stand before it:
   * so the call returned a promise.
   */
  state(key: string): 'live' | 'plain' | 'recorded' {
    const recorded = this.#recorded.get(key);
    if (recorded === undefined) return this.#unrequested > 0 ? 'recorded' : 'live';
    if (recorded.kind !== undefined) return 'recorded';
    this.#markRequested(recorded);
    return 'plain';
  }

  /** The next thing to do, while the run is quiescent. Asking again after a mismatch is allowed: the code may catch up. */
  next(): Decision {
    for (; this.#cursor < this.#events.length; this.#cursor++) {
      const event = this.#events[this.#cursor]!;
      if (!this.#fits(event)) return this.#mismatch(event, this.#cursor, false);
      if (isDelivery(event)) {
        this.#cursor++;
        this.#remaining--;
        if (event.type === 'cancel-requested') this.#waiting.clear();
        else this.#waiting.delete(event.key);
        return { type: 'deliver', event };
      }
    }
    return { type: 'caught-up' };
  }

  /**
   * The verdict when the function has returned or thrown. Completions that are left must have been asked for: they are
   * losers of a race that were recorded before the run could end. Gives the mismatch, if there is one.
   */
  end(): Mismatch | undefined {
    for (let index = this.#cursor; index < this.#events.length; index++) {
      const event = this.#events[index]!;
      if (!this.#fits(event)) return this.#mismatch(event, index, true).mismatch;
    }
    return undefined;
  }

  #fits(event: JournalEvent): boolean {
    switch (event.type) {
      case 'run-started':
      case 'output':
      case 'cancel-requested':
        return true;
      case 'run-ended':
        return false;
      default: {
        const recorded = this.#recorded.get(event.key)!;
        return recorded.requested && !recorded.clash;
      }
    }
  }

  #mismatch(
    recorded: JournalEvent,
    index: number,
    ended: boolean,
  ): { readonly type: 'mismatch'; readonly mismatch: Mismatch } {
    return { type: 'mismatch', mismatch: { recorded, index, requested: this.#waiting, ended } };
  }

  #markRequested(recorded: Recorded): void {
    if (recorded.requested) return;
    recorded.requested = true;
    this.#unrequested--;
  }

  #index(event: JournalEvent): void {
    const completed = isDelivery(event);
    if (completed) this.#remaining++;
    if (!('key' in event)) return;
    const known = this.#recorded.get(event.key);
    this.#recorded.set(event.key, {
      kind: KINDS[event.type],
      completed,
      until: 'until' in event ? event.until : known?.until,
      attempts: attemptsAfter(event),
      requested: false,
      clash: false,
    });
  }
}

/** What the code must ask for under the key of an event; undefined for a call that is recorded as plain. */
const KINDS: Readonly<Record<Extract<JournalEvent, { key: string }>['type'], RequestKind | undefined>> = {
  step: 'step',
  'attempt-failed': 'step',
  'step-started': 'step',
  plain: undefined,
  'wait-set': 'wait',
  'wait-fired': 'wait',
  'expiry-set': 'message',
  expired: 'message',
  received: 'message',
  'callback-created': 'callback',
  'child-started': 'child',
};

function attemptsAfter(event: JournalEvent): Attempts | undefined {
  if (event.type === 'attempt-failed') return { attempt: event.attempt, retryAt: event.retryAt };
  if (event.type === 'step-started') return { attempt: event.attempt, retryAt: undefined };
  return undefined;
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
