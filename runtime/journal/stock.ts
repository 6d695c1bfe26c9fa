import type { JournalEvent, NewEvent, Received } from './events.ts';
import { type Attempts, attemptsOf, isDelivery, KINDS, type RequestKind } from './replay-machine.ts';

/** What the code requests, as the stock needs it. */
interface Requested {
  readonly key: string;
  readonly kind: RequestKind;
  /** Of a request for a message: its kind and name. */
  readonly channel?: string;
}

type Keyed = Extract<JournalEvent, { key: string }>;

/**
 * What was recorded of a run before another order of its code was accepted. It never changes, so what the code finds here once
 * it finds again in each later replay. Outcomes alone are recorded again when they are taken, since their order counts.
 */
export class Stock {
  /** What was recorded last of each key. */
  readonly #last = new Map<string, Keyed>();
  /** What the run had received, by channel; messages of a channel are given out in their order, whoever asks. */
  readonly #received = new Map<string, Received[]>();
  /** Keys that the code hasn't requested yet. */
  readonly #unrequested: Set<string>;

  /** @param from the place of the event that accepted the order; what is behind it has been taken already */
  constructor(events: readonly JournalEvent[], from: number) {
    const taken = new Set<number>();
    for (const event of events.slice(from)) if (event.type === 'received') taken.add(event.message);
    for (const event of events.slice(0, from)) {
      if (!('key' in event)) continue;
      this.#last.set(event.key, event);
      if (event.type !== 'received' || taken.has(event.message)) continue;
      taken.add(event.message);
      const list = this.#received.get(event.channel);
      if (list === undefined) this.#received.set(event.channel, [event]);
      else list.push(event);
    }
    this.#unrequested = new Set(this.#last.keys());
  }

  /** Something is recorded that the code hasn't come to yet, in the order that was accepted. */
  get isAhead(): boolean {
    return this.#unrequested.size > 0;
  }

  requested(key: string): void {
    this.#unrequested.delete(key);
  }

  /** The keys of recorded outcomes. */
  get outcomes(): readonly string[] {
    return [...this.#last.values()].filter(isDelivery).map(({ key }) => key);
  }

  /** The recorded outcome of a request, to be recorded again; undefined if there is none. */
  take({ key, kind, channel }: Requested): NewEvent | undefined {
    const event = this.#last.get(key);
    if (kind === 'message' && event?.type !== 'expired') return this.#message(key, channel);
    if (event === undefined || KINDS[event.type] !== kind || !isDelivery(event)) return undefined;
    const { at: _, output: __, code: ___, ...again } = event;
    return again;
  }

  #message(key: string, channel = ''): NewEvent | undefined {
    const event = this.#received.get(channel)?.shift();
    if (event === undefined) return undefined;
    const { ok, value, message } = event;
    // It is no longer in the store.
    return { type: 'received', key, ok, value, channel, message, again: true };
  }

  /** Whether a step has an outcome here: then it isn't called, whatever its arguments have become. */
  hasOutcome(key: string): boolean {
    return this.#last.get(key)?.type === 'step';
  }

  /** What is recorded of a call that may return no promise; undefined if nothing is. */
  state(key: string): 'plain' | 'made' | 'recorded' | undefined {
    const type = this.#last.get(key)?.type;
    return type === undefined || type === 'plain' || type === 'made' ? type : 'recorded';
  }

  /** As in the replay machine. */
  until(key: string): number | undefined {
    const event = this.#last.get(key);
    return event !== undefined && 'until' in event ? event.until : undefined;
  }

  attempts(key: string): Attempts | undefined {
    const event = this.#last.get(key);
    return event && attemptsOf(event);
  }
}
