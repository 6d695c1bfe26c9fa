/** Whether what is to be recorded is small enough for the store, and what is recorded in its place where it isn't. */

import { Buffer } from 'node:buffer';
import { SerializationError } from '../../base/errors.ts';
import { valueTooLarge } from '../../base/messages/values.ts';
import type { JournalEvent, NewEvent } from '../../journal/events.ts';
import { failure } from '../../run/outcome.ts';
import type { Store } from '../../stores/store.ts';

type Keeper = Pick<Store, 'name' | 'limits'>;

/** A character takes at most so many bytes when JSON writes it. */
const MOST_BYTES = 6;
/** What is measured at a time, in characters: the JSON of a large value may be longer than a string can be. */
const PIECE = 1_000_000;
/** Values up to this length are recorded even where the journal of a run is full, so that it can end. */
const SMALL = 1_000;

/**
 * Says whether an encoded value is one that the store keeps.
 *
 * @param what names it, its first word being the root of the path in the error: `arguments of "order"`
 * @throws SerializationError with the size and the limit
 */
export function assertFits(store: Keeper, what: string, value: string): void {
  const refusal = refusalOf(store, what, value);
  if (refusal !== undefined) throw refusal;
}

function refusalOf({ name, limits }: Keeper, what: string, value: string): SerializationError | undefined {
  if (value.length * MOST_BYTES <= limits.value) return undefined;
  const bytes = bytesOf(value, limits.value);
  if (bytes <= limits.value) return undefined;
  return tooLarge(
    what,
    `it takes at least ${amount(bytes)} bytes, and ${name} keeps at most ${amount(limits.value)} of one value`,
  );
}

/** How many bytes JSON makes of a text; where they are more than so many, at least. */
function bytesOf(text: string, enough: number): number {
  if (text.length > enough) return text.length;
  let bytes = 0;
  for (let from = 0; from < text.length && bytes <= enough; from += PIECE) {
    bytes += Buffer.byteLength(JSON.stringify(text.slice(from, from + PIECE)));
  }
  return bytes;
}

/** The values in the journal of one run. */
export class JournalSize {
  readonly #store: Keeper;
  readonly #runId: string;
  /** Characters. */
  #total = 0;

  constructor(store: Keeper, runId: string, events: readonly JournalEvent[]) {
    this.#store = store;
    this.#runId = runId;
    for (const event of events) this.#total += lengthOf(event);
  }

  /** What is to be recorded: the event, or one that fails with a SerializationError where its value is too large. */
  admit(event: NewEvent): NewEvent {
    const length = lengthOf(event);
    if (length <= SMALL) {
      this.#total += length;
      return event;
    }
    if ('value' in event) {
      const what = describe(event, this.#runId);
      const refusal = refusalOf(this.#store, what, event.value) ?? this.#refusal(what, length);
      if (refusal !== undefined) return this.#refused(event, refusal);
    }
    this.#total += length;
    return event;
  }

  /** In the place of what the store refused to write for its size, though it had told of no such limit. */
  refuseWritten(event: JournalEvent, why: Error): JournalEvent {
    const refused = event as JournalEvent & { readonly value: string };
    this.#total -= lengthOf(event);
    return this.#refused(
      refused,
      tooLarge(describe(refused, this.#runId), `the store refuses it: ${why.message}`),
    );
  }

  #refusal(what: string, length: number): SerializationError | undefined {
    const { name, limits } = this.#store;
    const total = this.#total + length;
    if (total <= limits.journal) return undefined;
    return tooLarge(
      what,
      `with it, the values in the journal of run "${this.#runId}" are ${amount(total)} characters, and ${name} keeps at ` +
        `most ${amount(limits.journal)} of one run`,
    );
  }

  #refused<E extends NewEvent & { readonly value: string }>(event: E, refusal: SerializationError): E {
    const { value } = failure(refusal);
    this.#total += value.length;
    return 'ok' in event ? { ...event, ok: false, value } : { ...event, value };
  }
}

/** Of the value that an event holds. */
export function lengthOf(event: NewEvent): number {
  const { value, input } = event as { readonly value?: string; readonly input?: string };
  return value?.length ?? input?.length ?? 0;
}

function describe(event: NewEvent & { readonly value: string }, runId: string): string {
  switch (event.type) {
    case 'attempt-failed':
      return `error of step "${event.key}"`;
    case 'step':
      return `${event.ok ? 'result' : 'error'} of step "${event.key}"`;
    case 'received':
      return `message that "${event.key}" waited for`;
    case 'run-ended':
      return `${event.ok ? 'result' : 'error'} of run "${runId}"`;
    default:
      return `error of "${'key' in event ? event.key : runId}"`;
  }
}

function tooLarge(what: string, why: string): SerializationError {
  return new SerializationError(valueTooLarge(what, why), what.split(' ', 1)[0]!);
}

const amount = (count: number): string => count.toLocaleString('en');
