/** Texts about journals that don't fit the code, of our own backend and of the engines. */

/** What makes two executions of the same code differ. */
export const CAUSES = 'state outside the function, the environment, or a promise that no step made';

/** How all of these texts begin. */
export const cannotResume = (runId: string, fn: string, file: string, line: number): string =>
  `Run "${runId}" of ${fn} (${file}:${line}) can't resume`;

export const keyAt = (key: string, position: string): string => `"${key}" (${position})`;

export const keyThenAndNow = (key: string, then: string, now: string | undefined): string =>
  `"${key}" (${then} of the code before${now === undefined ? '' : `, ${now} now`})`;

/** What the code does if it has ended. */
export const endedWithoutAsking = (): string => 'has returned or thrown without asking for that';

export const waitsForNothingRecorded = (): string => 'waits for nothing that is recorded';

/** @param more how many are not listed */
export const asksForAll = (requests: readonly string[], more: number): string =>
  `asks for ${requests.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;

export const asksForAnother = (noun: string, place: string): string =>
  `asks for ${noun} ${place} under that key`;

/** @param title the result of `cannotResume` */
export const journalMismatch = (title: string, index: number, recorded: string, asked: string): string =>
  [
    `${title}: its journal doesn't fit the code.`,
    `  recorded: event ${index} is ${recorded}`,
    `  the code: ${asked}`,
  ].join('\n');

export const sameCodeDiffers = (): string =>
  'The code of the function is the code that the journal was recorded with, so something in it differs from one ' +
  `execution to the next: a helper that was changed, ${CAUSES}. The run is parked as blocked, and its journal is untouched.`;

/** @param accept the code version that may be accepted */
export const waysOut = (accept: string | undefined): string =>
  'The run is parked as blocked. Nothing was called, and its journal is untouched. It resumes when code is deployed that ' +
  'fits: the code from before, or the new one with its calls in the old order and new calls behind them. `rerun(id)` starts ' +
  'it again with the new code.' +
  (accept === undefined
    ? ''
    : ` \`resume(id, { accept: '${accept}' })\` accepts the order of this code for the run: it begins at its first line, and ` +
      'what is recorded is used where the code asks for it.');

/** @param now the code versions of this process */
export const acceptedAnother = (
  runId: string,
  fn: string,
  accepted: string,
  now: readonly string[],
): string =>
  `Run "${runId}" of ${fn} can't resume: the code version ${accepted} was accepted for it, and this process has ${now.join(', ')}. ` +
  'The run is parked as blocked. Deploy the accepted version, or accept one that this process has.';

/** @param old and @param now are places in the source */
export const callUncertain = (title: string, name: string, key: string, old: string, now: string): string =>
  [
    `${title}: its code was changed, and it isn't certain which call of "${name}" is which.`,
    `  recorded: the call at ${old} of the code before, as "${key}"`,
    `  the code: "${key}" is the call at ${now} now`,
    'Calls of one name are counted in the order of the source, and those in a loop or a closure in the order in which they are ' +
      'made. If calls, or elements of the list, were inserted, removed or exchanged, the outcome of one would be taken for that of another.',
    // What is recorded goes by keys, and it is the keys that are not certain.
    waysOut(undefined),
  ].join('\n');

export const drawsAltered = (title: string, key: string, old: string, now: string): string =>
  [
    `${title}: its code was changed, and step "${key}" would get another random value, or another time, than the recorded one.`,
    `  recorded: the call at ${old} of the code before`,
    `  the code: the call at ${now} now`,
    'Random values are numbered in the order in which the function draws them, and its clock has the time of the last event. A draw was ' +
      'inserted, removed or moved before this call, or a read of the clock was moved past another call.',
    waysOut(undefined),
  ].join('\n');

export const argumentsAltered = (title: string, place: string, accept: string | undefined): string =>
  [
    `${title}: its code was changed, and step ${place} would be called with other values than before.`,
    '  recorded: the step was called, and its process ended before the step did',
    '  the code: an argument of the step, or a variable that it uses, has changed since that call',
    waysOut(accept),
  ].join('\n');

const place = (text: (place: string) => string): ((place: string) => string) => text;

/** What an event records, by the type of the event. */
export const EVENTS = {
  step: place((at) => `the outcome of step ${at}`),
  'attempt-failed': place((at) => `an attempt of step ${at}`),
  'step-started': place((at) => `an attempt of step ${at}`),
  plain: place((at) => `the call ${at}, which returned no promise`),
  begun: place((at) => `the beginning of step ${at}`),
  made: place((at) => `the call ${at}, which returned an object that may be at work`),
  'wait-set': place((at) => `the beginning of the wait ${at}`),
  'wait-fired': place((at) => `the end of the wait ${at}`),
  'expiry-set': place((at) => `the message for ${at}`),
  expired: place((at) => `the message for ${at}`),
  received: place((at) => `the message for ${at}`),
  'callback-created': place((at) => `the callback ${at}`),
  'child-started': place((at) => `the start of another run by ${at}`),
} as const;

/** The same of events that no site has recorded. */
export const EVENTS_OF_RUN = {
  'cancel-requested': 'the cancellation of the run',
  'run-ended': 'the end of the run',
  'run-started': '"run-started"',
  since: '"since"',
  accepted: '"accepted"',
  output: '"output"',
} as const;

/** Requests of the code, by their kind. A place follows. */
export const REQUESTS = {
  step: 'step',
  wait: 'the wait',
  message: 'a message for',
  callback: 'the callback',
  child: 'the start of another run by',
} as const;

/** Operations of an engine, by their kind. A place follows. */
export const OPERATIONS: Readonly<Record<string, string>> = {
  STEP: 'the step',
  WAIT: 'the wait',
  CALLBACK: 'the callback',
  CHAINED_INVOKE: 'the invocation',
};

export const outcomeOf = (place: string): string => `the outcome of ${place}`;
