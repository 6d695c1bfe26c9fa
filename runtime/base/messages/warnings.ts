/** Texts of warnings. */

export const listenerThrew = (event: string, runId: string, thrown: string): string =>
  `A listener of the runtime threw at "${event}" of run "${runId}"; it isn't reported again. ${thrown}`;

export const maskFailed = (kind: string, thrown: string): string =>
  `The mask of the runtime failed for a value of the kind "${kind}" (${thrown}), so [masked] is shown in its place. That isn't reported ` +
  'again. A mask returns at once what is to be shown.';

export const onBlockedThrew = (thrown: string): string => `onBlocked threw. ${thrown}`;

export const tracingFailed = (message: string): string => `Tracing failed: ${message}`;

export const outputFailed = (thrown: string): string =>
  `What a durable function prints or logs could not be written; that isn't reported again. ${thrown}`;

/** @param what "result of step `x`" */
export const partsLeftOut = (what: string, parts: string): string =>
  `The journal keeps the data of the ${what}, but not ${parts}. Code that uses what was left out gets a MisuseError; ` +
  `use it in the step, or register the class with registerClass().`;

export const classDiffers = (name: string, test: string, thrown: boolean, read: boolean): string =>
  `A step threw ${withArticle(name)}, for which \`instanceof ${test}\` is ${thrown}, and ${read} once it comes out of the ` +
  `journal. Give the class an encode and a decode: registerClass(${name}, { encode, decode }).`;

export const classUnknown = (name: string, base: string): string =>
  `A step threw ${withArticle(name)}, a class that no durable function names, so it is caught as ${base}: ` +
  `\`instanceof ${name}\` is false. Name it in the module of a durable function, or call registerClass(${name}).`;

/**
 * @param name of the class of the error; undefined for errors in a value that a step returned
 * @param leftOut a list; empty for none, as `dataOnly` may be
 */
export const errorPartsLost = (name: string | undefined, leftOut: string, dataOnly: string): string =>
  `${name === undefined ? 'A step returned an error that' : `A step threw ${withArticle(name)} that`} the journal can't hold all of.` +
  (leftOut === '' ? '' : ` Left out: ${leftOut}.`) +
  (dataOnly === '' ? '' : ` Without methods, as plain data: ${dataOnly}.`) +
  ' roundTrip() of use-durable/testing shows what is caught; registerClass() makes a class known.';

export const errorHasPrivateMembers = (name: string, uses: readonly string[]): string =>
  privateMembers(`A step threw ${withArticle(name)}`, uses, 'caught');

export const instanceHasPrivateMembers = (name: string, uses: readonly string[]): string =>
  privateMembers(`The journal was given ${withArticle(name)}`, uses, 'read from it');

const privateMembers = (what: string, uses: readonly string[], where: string): string =>
  `${what}, whose private members can't be written to the journal: ${uses.join(', ')} ` +
  `${uses.length === 1 ? 'needs' : 'need'} them and will not work on what is ${where}. Give the class ` +
  `[Symbol.for('use-durable.encode')]() and static [Symbol.for('use-durable.decode')](data).`;

const withArticle = (name: string): string => `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;

export const testStandsStill = (busy: readonly string[]): string =>
  `The test has waited for two seconds while time stands still, because this is under way: ${busy.join(', ')}. A step ` +
  `that is never to end, or to take time, is replaced by hanging, or by lasting('20s', implementation).`;

/** @param step the key of one that waits */
export const waitsForRoom = (step: string, runId: string, awaited: string): string =>
  `The step "${step}" of run "${runId}" waits for the result of run "${awaited}", for which this process has no room (maxRuns). If ` +
  `all of its runs wait like this, none goes on. Call the durable function itself in the durable function, or use startChild(): a ` +
  `run that waits there makes room.`;

export const runsNotRemoved = (reason: string): string =>
  `Not all runs could be removed that ended long ago: ${reason}`;

/** @param others how many more are held back */
export const runHeldBack = (runId: string, fn: string, crashes: number, others: number): string =>
  `Run "${runId}" of ${fn} is held back for a moment: ${crashes} times in a row its worker died, or was found gone, before the ` +
  `run had recorded anything.${others === 0 ? '' : ` So are ${others} more.`} If one of them is the reason, it is blocked ` +
  `after some more times.`;

export const noRoomForRun = (runId: string, fn: string, bytes: number): string =>
  `Run "${runId}" of ${fn} waits in the store until others have ended or are parked: its journal has ` +
  `${Math.ceil(bytes / 1e6)} MB, and this process has no room for it beside those that are under way. More memory ` +
  `(--max-old-space-size) or more workers let more runs proceed at once.`;

/** @param place of the function: file and line */
export const awaitsUnrecorded = (
  runId: string,
  fn: string,
  place: string,
  awaits: string | undefined,
  after: string | undefined,
): string =>
  `Run "${runId}" of ${fn} (${place}) waits${awaits === undefined ? '' : ` at \`${awaits}\``}` +
  `${after === undefined ? '' : ` after ${after}`} for something that is not recorded, and nothing else is under way: only ` +
  `something outside of the durable function can settle that. When the run is resumed it awaits it again, and may ` +
  `get something else, or nothing. Await the call that makes the promise, or make it in a step: \`await step(() => ...)\`.`;

export const callMadeAgain = (call: string): string =>
  `The call "${call}" is made again after a restart, since some of what the function uses of it isn't recorded. That is ` +
  'right for a client. If the call does something outside, do all of it in one step.';

export const readAgain = (key: string): string =>
  `"${key}" is awaited more than once and gave the same promise again. A getter or a proxy decides that. If the process ends in ` +
  `between, and the outcome is another one then, the run gets a MisuseError. Read it once and keep the value: ` +
  `const value = await ${key}. Or read it in a step: await step(() => ${key}).`;

/** @param key of the step that failed, if it is known */
export const rejectionUnhandled = (runId: string, key: string | undefined, reason: string): string =>
  `${key === undefined ? 'A promise was rejected' : `The step "${key}" failed`} in run "${runId}", and nobody had handled ` +
  `that when the run ended: ${reason}`;

export const installedTwice = (name: string, first: string, second: string, id: string): string =>
  `${name} is loaded from ${first} and from ${second}. Both have the function "${id}": runs that are resumed ` +
  `use the one that was loaded last, and the state of its module. Install the package once, so that it is one.`;
