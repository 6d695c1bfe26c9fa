import type { Definition } from '../functions/definitions.ts';
import type { ChangedCall, CodeVersions } from './code-versions.ts';
import type { JournalEvent } from './events.ts';
import { asksFor, CAUSES, cannotContinue, ENDED, type Place, placeIn, positionIn } from './mismatch-text.ts';
import type { Mismatch, RequestKind } from './replay-machine.ts';

/** The run that a text is about. */
export interface MismatchedRun {
  readonly runId: string;
  readonly definition: Definition;
  readonly code: CodeVersions;
}

/** Describes how a journal and the code disagree, with places in the source. */
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
        `execution to the next: a helper that was changed, ${CAUSES}. The run is parked as blocked, and its journal is ` +
        'untouched.',
    );
  } else lines.push(WAYS_OUT);
  return lines.join('\n');
}

/** The code was changed, so that a recorded call can't be told from other calls of its name. */
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

/** The code was changed, so that a step would be called with other values than before the crash. */
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

const title = ({ runId, definition }: MismatchedRun): string => cannotContinue(runId, definition);

/** What an event records, with the place of its site. */
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
  if (ended) return ENDED;
  const key = 'key' in event ? event.key : undefined;
  const kind = key === undefined ? undefined : requested.get(key);
  if (key !== undefined && kind !== undefined) {
    return `asks for ${noun(kind)} ${place(key)} under that key`;
  }
  const words = [...requested].map(([name, what]) => `${noun(what)} ${place(name)}`);
  return asksFor(words);
}

const NOUNS: Readonly<Record<RequestKind, string>> = {
  step: 'step',
  wait: 'the wait',
  message: 'a message for',
  callback: 'the callback',
  child: 'the start of another run by',
};
const noun = (kind: RequestKind): string => NOUNS[kind];

/** The key, with the place of its site in the recorded code and in the present code, as far as they are known. */
function placeThen({ code }: MismatchedRun, key: string): string {
  const definition = code.definitionOf(key);
  const old = code.oldPlace(key);
  if (old === undefined) return placeIn(definition)(key);
  const now = positionIn(definition, key);
  const then = `${old.file}:${old.site.line}:${old.site.column} of the code before`;
  return `"${key}" (${then}${now === undefined ? '' : `, ${now} now`})`;
}
