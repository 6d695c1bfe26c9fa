import type { Definition } from '../functions/definition.ts';
import type { JournalEvent, Received } from '../journal/events.ts';
import { statusAfter } from '../stores/event-effects.ts';
import { decodeError } from '../values/codec.ts';
import type { Observers } from './observers.ts';
import type { RuntimeEvent, RuntimeEvents, RuntimeEventType } from './runtime-events.ts';

/** A run, as far as events name it. */
export interface Subject {
  readonly runId: string;
  readonly definition: Definition;
  /** ms since the epoch. */
  readonly startedAt: number;
}

/** The runtime event for each event of the journal. The others are reported where they happen, or not at all. */
const TOLD_AS: Partial<Record<JournalEvent['type'], RuntimeEventType>> = {
  step: 'step-ended',
  'attempt-failed': 'attempt-failed',
  'wait-set': 'wait-set',
  'expiry-set': 'wait-set',
  'wait-fired': 'wait-fired',
  expired: 'wait-expired',
  received: 'received',
  'callback-created': 'callback-created',
  'child-started': 'child-started',
  since: 'since',
  'cancel-requested': 'cancel-requested',
  'run-ended': 'run-ended',
};

/** Tells what is in the journal of a run from now on. */
export function reportRecorded(
  observers: Observers,
  subject: Subject,
  events: readonly JournalEvent[],
): void {
  for (const event of events) {
    const type = TOLD_AS[event.type];
    if (type === undefined || !observers.wants(type)) continue;
    const { runId, definition } = subject;
    const told = { type, runId, fn: definition.id, at: event.at, ...detailsOf(event, subject) };
    observers.tell(told as RuntimeEvent);
  }
}

type Details<T extends RuntimeEventType> = Omit<RuntimeEvents[T], 'runId' | 'fn' | 'at'>;

function detailsOf(event: JournalEvent, subject: Subject): object {
  const error = (value: string): unknown => readError(value, subject.definition);
  switch (event.type) {
    case 'step': {
      const { key, attempt, ok, value } = event;
      const ended: Details<'step-ended'> = { key, attempt, ok, ...timesOf(event.startedAt, event) };
      return ok ? ended : { ...ended, error: error(value) };
    }
    case 'attempt-failed': {
      const { key, attempt, retryAt, value } = event;
      const times = timesOf(event.startedAt, event);
      return { key, attempt, ...times, retryAt, error: error(value) } satisfies Details<'attempt-failed'>;
    }
    case 'wait-set':
    case 'expiry-set':
      return { key: event.key, until: event.until } satisfies Details<'wait-set'>;
    case 'received':
      return { key: event.key, ok: event.ok, ...senderOf(event) } satisfies Details<'received'>;
    case 'callback-created': {
      const { key, until } = event;
      return until === undefined ? { key } : ({ key, until } satisfies Details<'callback-created'>);
    }
    case 'child-started':
      return { key: event.key, ok: event.ok } satisfies Details<'child-started'>;
    case 'since':
      return { name: event.name } satisfies Details<'since'>;
    case 'cancel-requested':
      return { error: error(event.value) } satisfies Details<'cancel-requested'>;
    case 'run-ended': {
      const ended: Details<'run-ended'> = {
        status: statusAfter(event),
        ...timesOf(subject.startedAt, event),
      };
      return event.ok ? ended : { ...ended, error: error(event.value) };
    }
    default:
      return 'key' in event ? { key: event.key } : {};
  }
}

/** A clock that was set back in between makes no time negative. */
const timesOf = (startedAt: number, { at }: JournalEvent): { startedAt: number; duration: number } => ({
  startedAt,
  duration: Math.max(at - startedAt, 0),
});

/** The token of a callback stays secret. */
function senderOf({ channel }: Received): Pick<RuntimeEvents['received'], 'from' | 'name'> {
  const colon = channel.indexOf(':');
  const from = channel.slice(0, colon) as RuntimeEvents['received']['from'];
  return from === 'callback' ? { from } : { from, name: channel.slice(colon + 1) };
}

/** What was thrown, or why it can't be read here. */
export function readError(value: string, { classes }: Definition): unknown {
  try {
    return decodeError(value, classes);
  } catch (error) {
    return error;
  }
}
