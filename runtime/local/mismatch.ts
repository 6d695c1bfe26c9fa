import type { Definition } from '../definitions.ts';
import { siteOf } from '../keys.ts';
import type { JournalEvent } from './events.ts';
import type { Mismatch, RequestKind } from './machine.ts';

/** More requests than these say no more than how many they are. */
const SHOWN = 10;

/** Says in words, and with places in the source, how a journal and the code disagree. */
export function describeMismatch(runId: string, definition: Definition, mismatch: Mismatch): string {
  const { id, file, line } = definition.meta;
  return [
    `Run "${runId}" of ${id} (${file}:${line}) can't go on: its journal doesn't fit the code.`,
    `  recorded: ${recorded(mismatch, definition)}`,
    `  the code: ${requested(mismatch, definition)}`,
    'Most likely the code was changed under the run. The run is parked as blocked and its journal is untouched: it goes ' +
      'on when code that fits is deployed. If the code is the same, something in it differs from one execution to the ' +
      'next: state outside the function, the environment, or a promise that no step made.',
  ].join('\n');
}

function recorded({ recorded: event, index }: Mismatch, definition: Definition): string {
  return `event ${index} is ${describeEvent(event, definition)}`;
}

/** What an event records, with the place of its site in the source. */
export function describeEvent(event: JournalEvent, definition: Definition): string {
  switch (event.type) {
    case 'step':
      return `the outcome of step ${place(event.key, definition)}`;
    case 'attempt-failed':
    case 'step-started':
      return `an attempt of step ${place(event.key, definition)}`;
    case 'plain':
      return `the call ${place(event.key, definition)}, which returned no promise`;
    case 'wait-set':
      return `the beginning of the wait ${place(event.key, definition)}`;
    case 'wait-fired':
      return `the end of the wait ${place(event.key, definition)}`;
    case 'expiry-set':
    case 'expired':
    case 'received':
      return `the message for ${place(event.key, definition)}`;
    case 'callback-created':
      return `the callback ${place(event.key, definition)}`;
    case 'child-started':
      return `the start of another run by ${place(event.key, definition)}`;
    case 'cancel-requested':
      return 'the cancellation of the run';
    case 'run-ended':
      return 'the end of the run';
    case 'run-started':
    case 'output':
      return `"${event.type}"`;
  }
}

function requested({ requested, ended, recorded: event }: Mismatch, definition: Definition): string {
  if (ended) return 'has returned or thrown without asking for that';
  const key = 'key' in event ? event.key : undefined;
  const kind = key === undefined ? undefined : requested.get(key);
  if (key !== undefined && kind !== undefined) {
    return `asks for ${noun(kind)} ${place(key, definition)} under that key`;
  }
  if (requested.size === 0) return 'waits for nothing that is recorded';
  const list = [...requested]
    .slice(0, SHOWN)
    .map(([name, what]) => `${noun(what)} ${place(name, definition)}`);
  if (requested.size > SHOWN) list.push(`and ${requested.size - SHOWN} more`);
  return `asks for ${list.join(', ')}`;
}

const NOUNS: Readonly<Record<RequestKind, string>> = {
  step: 'step',
  wait: 'the wait',
  message: 'a message for',
  callback: 'the callback',
  child: 'the start of another run by',
};
const noun = (kind: RequestKind): string => NOUNS[kind];

/** The key, and where its site stands now. */
function place(key: string, { meta }: Definition): string {
  const id = siteOf(key);
  const site = meta.steps.find((candidate) => candidate.id === id);
  if (site !== undefined) return `"${key}" (${meta.file}:${site.line}:${site.column})`;
  return `"${key}"`;
}
