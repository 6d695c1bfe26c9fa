import { acceptedOrder } from '../journal/accepted.ts';
import type { JournalEvent } from '../journal/events.ts';
import { partsOf } from './boxes.ts';
import { idleTime } from './idle.ts';
import type { Places } from './places.ts';
import { type Attempt, type RecordedText, recordedText, type TimelineRow } from './rows.ts';

type Keyed = Extract<JournalEvent, { key: string }>;
type Draft = { -readonly [K in keyof TimelineRow]: TimelineRow[K] } & { attempts: Attempt[] };

const RESULT = ':result';

/** The rows of a journal, and the time in which a run only waited. Linear in the number of events. */
export function timelineOf(
  events: readonly JournalEvent[],
  places: Places,
  largest: number,
): { readonly rows: readonly TimelineRow[]; readonly idle: number } {
  const timeline = new Timeline(places, (text) => recordedText(text, largest));
  for (const event of events) {
    if (event.type === 'accepted') timeline.again();
    else if ('key' in event) timeline.add(event);
  }
  const hasEnded = events.at(-1)?.type === 'run-ended';
  return { rows: timeline.rows(hasEnded, new Set(acceptedOrder(events)?.left)), idle: idleTime(events) };
}

class Timeline {
  readonly #places: Places;
  readonly #textOf: (text: string) => RecordedText;
  readonly #rows = new Map<string, Draft>();
  readonly #scopes = new Map<string, Draft>();
  /** What was created and not yet answered, by the key of its result. */
  readonly #open = new Map<string, Draft>();
  /** Keys that had an outcome when another order was accepted: what is recorded of them again took no time. */
  #before = new Set<string>();

  constructor(places: Places, textOf: (text: string) => RecordedText) {
    this.#places = places;
    this.#textOf = textOf;
  }

  again(): void {
    this.#before = new Set(
      [...this.#rows.values()].filter(({ endedAt }) => endedAt !== undefined).map(({ key }) => key),
    );
  }

  add(event: Keyed): void {
    const row = this.#row(event.key);
    const isAgain = this.#before.has(event.key);
    note(row, event, this.#textOf);
    if (isAgain && 'endedAt' in row) return;
    this.#times(row, event);
    this.#answer(event);
  }

  rows(hasEnded: boolean, left: ReadonlySet<string>): readonly TimelineRow[] {
    if (!hasEnded) for (const [key, row] of this.#open) this.#rows.set(key, row);
    for (const row of this.#rows.values()) {
      if (left.has(row.key)) row.left = true;
      this.#widen(row);
    }
    const begin = ({ startedAt, endedAt }: Draft): number => startedAt ?? endedAt ?? Number.POSITIVE_INFINITY;
    // A scope begins with the first of its rows, and stands before it: sorting keeps the order of what begins together.
    const scopes = [...this.#scopes.values()].sort((one, other) => one.depth - other.depth);
    return [...scopes, ...this.#rows.values()].sort((one, other) => begin(one) - begin(other));
  }

  #row(key: string): Draft {
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row = this.#open.get(key) ?? this.#draft(key);
    this.#rows.set(key, row);
    return row;
  }

  #draft(key: string): Draft {
    const {
      kind = key.endsWith(RESULT) ? 'await' : 'step',
      title,
      label,
      fn,
      place,
    } = this.#places.find(key);
    const parts = partsOf(key);
    const scope = parts
      .slice(0, -1)
      .map(({ text }) => text)
      .join('/');
    return {
      key,
      kind,
      title,
      ...(label !== undefined && { label }),
      ...(fn !== undefined && { fn }),
      ...(place && { place }),
      state: 'running',
      attempts: [],
      depth: parts.length - 1,
      ...(scope !== '' && { parent: scope }),
    };
  }

  /** What is open from now on, and what is answered. */
  #answer(event: Keyed): void {
    const isOpened = event.type === 'callback-created' || (event.type === 'child-started' && event.ok);
    if (isOpened) {
      const key = event.key + RESULT;
      const row = this.#draft(key);
      row.kind = event.type === 'callback-created' ? 'callback' : 'child';
      row.state = 'waiting';
      row.startedAt = event.at;
      if (event.type === 'callback-created') {
        row.token = event.token;
        if (event.until !== undefined) row.until = event.until;
      }
      this.#open.set(key, row);
    } else if (event.type === 'received' || event.type === 'expired') this.#open.delete(event.key);
  }

  #times(row: Draft, event: Keyed): void {
    switch (event.type) {
      case 'step':
      case 'attempt-failed':
        row.startedAt ??= event.startedAt;
        break;
      case 'received':
      case 'wait-fired':
      case 'expired':
        break;
      default:
        row.startedAt ??= event.at;
    }
    if (row.state === 'done' || row.state === 'failed') row.endedAt = event.at;
  }

  /** Makes the scopes around a row, and has them last as long as what is in them. */
  #widen(row: Draft): void {
    let inner = row;
    while (inner.parent !== undefined) {
      const known = this.#scopes.get(inner.parent);
      const scope = known ?? { ...this.#draft(inner.parent), kind: 'scope', state: 'done' };
      this.#scopes.set(inner.parent, scope);
      widen(scope, row);
      inner = scope;
    }
  }
}

function widen(scope: Draft, { startedAt, endedAt, state }: Draft): void {
  const from = startedAt ?? endedAt;
  if (from !== undefined) scope.startedAt = Math.min(scope.startedAt ?? from, from);
  if (state === 'running' || state === 'waiting') {
    scope.state = scope.state === 'running' ? 'running' : state;
    delete scope.endedAt;
  } else if (scope.state === 'done' && endedAt !== undefined)
    scope.endedAt = Math.max(scope.endedAt ?? endedAt, endedAt);
}

/** What an event says of its row. */
function note(row: Draft, event: Keyed, textOf: (text: string) => RecordedText): void {
  switch (event.type) {
    case 'step':
    case 'attempt-failed':
    case 'step-started':
      return noteAttempt(row, event, textOf);
    case 'wait-set':
    case 'expiry-set':
      row.state = 'waiting';
      row.until = event.until;
      if (event.type === 'wait-set') row.kind = 'sleep';
      return;
    case 'received':
    case 'child-started':
      row.state = event.ok ? 'done' : 'failed';
      if (event.ok) row.value = textOf(event.value);
      else row.error = textOf(event.value);
      if (event.type === 'received') {
        const [channel, name] = channelIn(event.channel);
        row.kind = channel;
        if (name !== undefined) row.name = name;
      } else row.kind = 'child';
      return;
    case 'expired':
      row.state = 'failed';
      row.expired = true;
      return;
    case 'callback-created':
      row.state = 'done';
      row.kind = 'callback';
      row.token = event.token;
      if (event.until !== undefined) row.until = event.until;
      return;
    case 'begun':
      return;
    case 'plain':
    case 'made':
      row.state = 'done';
      if (event.type === 'plain') row.plain = true;
      return;
    case 'wait-fired':
      row.state = 'done';
      row.kind = 'sleep';
  }
}

type AttemptEvent = Extract<Keyed, { attempt: number }>;

function noteAttempt(row: Draft, event: AttemptEvent, textOf: (text: string) => RecordedText): void {
  const at = row.attempts.findIndex(({ number }) => number === event.attempt);
  const attempt = attemptOf(event, textOf);
  if (at === -1) row.attempts.push(attempt);
  else row.attempts[at] = { ...row.attempts[at], ...attempt };
  delete row.until;
  if (event.type === 'step-started') row.state = 'running';
  else if (event.type === 'attempt-failed') {
    row.state = 'waiting';
    row.until = event.retryAt;
  } else {
    row.state = event.ok ? 'done' : 'failed';
    if (event.ok) row.value = textOf(event.value);
    else row.error = textOf(event.value);
  }
}

function attemptOf(event: AttemptEvent, textOf: (text: string) => RecordedText): Attempt {
  const { attempt: number, worker, at } = event;
  if (event.type === 'step-started') return { number, worker, startedAt: at };
  const ended = { number, worker, startedAt: event.startedAt, endedAt: at };
  if (event.type === 'attempt-failed') return { ...ended, error: textOf(event.value), nextAt: event.retryAt };
  return event.ok ? ended : { ...ended, error: textOf(event.value) };
}

/** What kind of message under which name. */
function channelIn(channel: string): readonly ['signal' | 'callback' | 'child', string | undefined] {
  const at = channel.indexOf(':');
  const kind = channel.slice(0, at) as 'signal' | 'callback' | 'child';
  // The token of a callback is a secret while it can be used, and of no use then.
  return [kind, kind === 'callback' ? undefined : channel.slice(at + 1)];
}
