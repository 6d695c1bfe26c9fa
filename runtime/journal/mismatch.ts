import { siteOf } from '../base/keys.ts';
import type { Definition } from '../functions/definitions.ts';
import type { ChangedCall, CodeVersions } from './code-versions.ts';
import type { JournalEvent } from './events.ts';
import type { Mismatch, RequestKind } from './replay-machine.ts';

/** More requests than these say no more than how many they are. */
const SHOWN = 10;

/** A run, as these texts name it. */
export interface MismatchedRun {
  readonly runId: string;
  readonly definition: Definition;
  readonly code: CodeVersions;
}

/** What a key is called in a text: itself, and where its site stands. */
type Place = (key: string) => string;

/** Says in words, and with places in the source, how a journal and the code disagree. */
export function describeMismatch(run: MismatchedRun, mismatch: Mismatch): string {
  const now: Place = (key) => placeIn(run.code.definitionOf(key))(key);
  const { recorded, index } = mismatch;
  const lines = [
    `${title(run)}: its journal doesn't fit the code.`,
    `  recorded: event ${index} is ${describeEvent(recorded, (key) => placeThen(run, key))}`,
    `  the code: ${requested(mismatch, now)}`,
  ];
  if (run.code.isSame) {
    lines.push(
      'The code of the function is the code that the journal was recorded with, so something in it differs from one ' +
        'execution to the next: a helper that was changed, state outside the function, the environment, or a promise that ' +
        'no step made. The run is parked as blocked, and its journal is untouched.',
    );
  } else lines.push(WAYS_OUT);
  return lines.join('\n');
}

/** Says that a recorded call can't be told from others of its name, since the code was changed. */
export function describeUncertain(run: MismatchedRun, { key, difference, definition }: ChangedCall): string {
  const { file } = definition.meta;
  const { old, now } = difference;
  return [
    `${title(run)}: its code was changed, and it isn't certain which call of "${old.id.replace(/#\d+$/, '')}" is which.`,
    `  recorded: the call at ${file}:${old.line}:${old.column} of the code before, as "${key}"`,
    `  the code: "${key}" is the call at ${file}:${now.line}:${now.column} now`,
    `Calls of one name are counted in the order of the source. Where some were inserted, removed or exchanged, the outcome of ` +
      'one would be taken for that of another.',
    WAYS_OUT,
  ].join('\n');
}

/** Says that a step would be called with something else than before the crash, since the code was changed. */
export function describeAltered(run: MismatchedRun, key: string): string {
  const place = placeIn(run.code.definitionOf(key))(key);
  return [
    `${title(run)}: its code was changed, and step ${place} would be called with something else than before.`,
    '  recorded: the step was called, and its process ended before it did',
    '  the code: has changed since that call what the step is given: an argument, or a variable that it uses',
    WAYS_OUT,
  ].join('\n');
}

const WAYS_OUT =
  'The run is parked as blocked. Nothing was called, and its journal is untouched. It goes on when code is deployed that fits: ' +
  'the code from before, or the new one with its calls in the old order and new calls behind them. `rerun(id)` starts it ' +
  'anew with the new code.';

const title = ({ runId, definition: { meta } }: MismatchedRun): string =>
  `Run "${runId}" of ${meta.id} (${meta.file}:${meta.line}) can't go on`;

/** What an event records, with the place of its site in the source. */
export function describeEvent(event: JournalEvent, place: Place): string {
  switch (event.type) {
    case 'step':
      return `the outcome of step ${place(event.key)}`;
    case 'attempt-failed':
    case 'step-started':
      return `an attempt of step ${place(event.key)}`;
    case 'plain':
      return `the call ${place(event.key)}, which returned no promise`;
    case 'begun':
      return `the beginning of step ${place(event.key)}`;
    case 'made':
      return `the call ${place(event.key)}, which returned an object that may be at work`;
    case 'wait-set':
      return `the beginning of the wait ${place(event.key)}`;
    case 'wait-fired':
      return `the end of the wait ${place(event.key)}`;
    case 'expiry-set':
    case 'expired':
    case 'received':
      return `the message for ${place(event.key)}`;
    case 'callback-created':
      return `the callback ${place(event.key)}`;
    case 'child-started':
      return `the start of another run by ${place(event.key)}`;
    case 'cancel-requested':
      return 'the cancellation of the run';
    case 'run-ended':
      return 'the end of the run';
    case 'run-started':
    case 'output':
      return `"${event.type}"`;
  }
}

function requested({ requested, ended, recorded: event }: Mismatch, place: Place): string {
  if (ended) return 'has returned or thrown without asking for that';
  const key = 'key' in event ? event.key : undefined;
  const kind = key === undefined ? undefined : requested.get(key);
  if (key !== undefined && kind !== undefined) {
    return `asks for ${noun(kind)} ${place(key)} under that key`;
  }
  if (requested.size === 0) return 'waits for nothing that is recorded';
  const list = [...requested].slice(0, SHOWN).map(([name, what]) => `${noun(what)} ${place(name)}`);
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

/** Where the sites of a function stand now. */
export const placeIn =
  (definition: Definition): Place =>
  (key) => {
    const now = positionIn(definition, key);
    return now === undefined ? `"${key}"` : `"${key}" (${now})`;
  };

function positionIn({ meta }: Definition, key: string): string | undefined {
  const id = siteOf(key);
  const site = meta.steps.find((candidate) => candidate.id === id);
  return site && `${meta.file}:${site.line}:${site.column}`;
}

/** Where the site of a key stood in the code that it was recorded with, and where it stands now, as far as that is known. */
function placeThen({ code }: MismatchedRun, key: string): string {
  const definition = code.definitionOf(key);
  const old = code.oldPlace(key);
  if (old === undefined) return placeIn(definition)(key);
  const now = positionIn(definition, key);
  const then = `${old.file}:${old.site.line}:${old.site.column} of the code before`;
  return `"${key}" (${then}${now === undefined ? '' : `, ${now} now`})`;
}
