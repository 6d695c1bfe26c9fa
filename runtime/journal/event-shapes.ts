/** The shape of events, to check events that other programs may have written. */
import {
  endNotLast,
  eventFault,
  eventFieldMissing,
  eventFieldWrong,
  eventNoObject,
  eventTypeUnknown,
  FIELDS,
  firstEventWrong,
  startNotFirst,
} from '../base/messages/damage.ts';
import type { JournalEvent } from './events.ts';

type Kind = 'text' | 'number' | 'count' | 'flag' | 'yes' | 'channel' | 'forks' | 'attributes';
type Own<T extends JournalEvent['type']> = Exclude<
  keyof Extract<JournalEvent, { type: T }>,
  'type' | 'at' | 'output' | 'code'
>;
type Shapes = { readonly [T in JournalEvent['type']]: { readonly [F in Own<T>]-?: Kind | `${Kind}?` } };

const STEP = { key: 'text', attempt: 'count', worker: 'text' } as const;
const KEY = { key: 'text' } as const;

const SHAPES: Shapes = {
  'run-started': {
    version: 'count',
    fn: 'text',
    input: 'text',
    seed: 'text',
    deadline: 'number?',
    forks: 'forks?',
    attributes: 'attributes?',
    by: 'text?',
    trace: 'text?',
  },
  step: { ...STEP, ok: 'flag', value: 'text', startedAt: 'number' },
  'attempt-failed': { ...STEP, value: 'text', startedAt: 'number', retryAt: 'number' },
  'step-started': STEP,
  plain: KEY,
  begun: KEY,
  made: KEY,
  'wait-set': { ...KEY, until: 'number' },
  'wait-fired': { ...KEY, worker: 'text' },
  'expiry-set': { ...KEY, until: 'number' },
  expired: { ...KEY, worker: 'text' },
  received: { ...KEY, ok: 'flag', value: 'text', channel: 'channel', message: 'count', again: 'yes?' },
  'callback-created': { ...KEY, token: 'text', until: 'number?' },
  'child-started': { ...KEY, ok: 'flag', value: 'text' },
  'cancel-requested': { value: 'text', message: 'count?' },
  since: { name: 'text' },
  accepted: { version: 'text' },
  output: {},
  'run-ended': { ok: 'flag', value: 'text', cancelled: 'yes?' },
};

const isFork = (value: unknown): boolean => {
  const { of: id, at, seed } = (value ?? {}) as { of?: unknown; at?: unknown; seed?: unknown };
  return typeof id === 'string' && isCount(at) && typeof seed === 'string';
};

const isAttributes = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every(
    (one) =>
      ['string', 'number', 'boolean'].includes(typeof one) ||
      typeof (one as { readonly time?: unknown } | null)?.time === 'number',
  );

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const KINDS: Readonly<Record<Kind, { readonly is: (value: unknown) => boolean; readonly name: string }>> = {
  text: { is: (value) => typeof value === 'string', name: FIELDS.text },
  number: { is: (value) => typeof value === 'number', name: FIELDS.number },
  count: { is: isCount, name: FIELDS.count },
  flag: { is: (value) => typeof value === 'boolean', name: FIELDS.flag },
  yes: { is: (value) => value === true, name: FIELDS.yes },
  attributes: { is: isAttributes, name: FIELDS.attributes },
  forks: { is: (value) => Array.isArray(value) && value.every(isFork), name: FIELDS.forks },
  channel: {
    is: (value) => typeof value === 'string' && /^(?:signal|callback|child):/.test(value),
    name: FIELDS.channel,
  },
};

interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly optional: boolean;
}

/** Lists, since all events of a journal are checked before it is replayed. */
const FIELDS_OF: ReadonlyMap<string, readonly Field[]> = new Map(
  Object.entries(SHAPES).map(([type, shape]) => [
    type,
    Object.entries(shape as Readonly<Record<string, string>>).map(([name, kind]) => ({
      name,
      kind: kind.replace('?', '') as Kind,
      optional: kind.endsWith('?'),
    })),
  ]),
);

/** What is wrong with an event, as text that follows "event 3"; undefined if nothing is. */
export function faultOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return eventNoObject();
  const { type, at, output, code } = event as Partial<JournalEvent>;
  const fields = FIELDS_OF.get(type as string);
  if (fields === undefined) {
    return typeof type === 'string' ? eventTypeUnknown(quote(type)) : wrong('type', type, KINDS.text);
  }
  if (!KINDS.number.is(at)) return wrong('at', at, KINDS.number);
  for (const { name, kind, optional } of fields) {
    const value = (event as Readonly<Record<string, unknown>>)[name];
    if (!(value === undefined ? optional : KINDS[kind].is(value))) return wrong(name, value, KINDS[kind]);
  }
  if (output !== undefined && !isCount(output)) return wrong('output', output, KINDS.count);
  if (code !== undefined && !isCode(code)) return wrong('code', code, { name: FIELDS.code });
  return undefined;
}

/** What is wrong with a journal, as a whole; undefined if nothing is. */
export function faultOfJournal(events: readonly unknown[]): string | undefined {
  for (const [place, event] of events.entries()) {
    const fault = faultOf(event) ?? faultOfPlace(event as JournalEvent, place, events.length);
    if (fault !== undefined) return eventFault(place, fault);
  }
  return undefined;
}

/** What is wrong with the place of an event in its journal. */
function faultOfPlace({ type }: JournalEvent, place: number, length: number): string | undefined {
  if ((type === 'run-started') !== (place === 0)) {
    return place === 0 ? firstEventWrong(type) : startNotFirst();
  }
  return type === 'run-ended' && place !== length - 1 ? endNotLast() : undefined;
}

const isCode = (code: unknown): boolean =>
  typeof code === 'object' &&
  code !== null &&
  !Array.isArray(code) &&
  Object.values(code).every((version) => typeof version === 'string');

const wrong = (field: string, value: unknown, { name }: { readonly name: string }): string =>
  value === undefined ? eventFieldMissing(field) : eventFieldWrong(field, quote(value), name);

function quote(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
