/** Texts of errors about runs, their input and their journals. */

export const functionTakesNoThis = (what: string, id: string): string =>
  `${what}: "${id}" is not a method of instances, so it takes no { this }.`;

export const methodNeedsThis = (what: string, id: string): string =>
  `${what}: "${id}" is a method of instances; say which one: ${what}(order.method, [input], { this: order }).`;

export const thisOfAnotherClass = (what: string, id: string, cls: string): string =>
  `${what}: \`this\` of "${id}" must be an instance of ${cls}.`;

export const thisNotRegistered = (what: string, id: string, cls: string): string =>
  `${what}: \`this\` of "${id}" is an instance of ${cls}, which is not registered, so after ` +
  `a restart it would be one of another class. Call registerClass(${cls}).`;

export const methodChangedKind = (id: string, was: string, is: string): string =>
  `"${id}" was ${was} method of instances when this run was started, and now it is ` +
  `${is}. Keep the old one under this id, and give the new one another.`;

export const functionAt = (id: string, file: string, line: number): string => `"${id}" (${file}:${line})`;

export const runOutOfTime = (id: string, deadline: string): string =>
  `The time of the run "${id}" was over at ${deadline}. To do its work again, rerun() it.`;

export const runDidMore = (id: string, shown: string, more: string): string =>
  `The run "${id}" did something after the point that it is to resume from: ${shown}${more}. If ` +
  `that undid what the run had done, such as a refund, it would be wrong to resume from before it. If not, ` +
  `resume(id, { forget: true }); else rerun() it.`;

export const journalNotJson = (): string =>
  'This is not a journal: it is not JSON. `await handle.exportJournal()` returns one.';

export const noJournal = (): string => 'This is not a journal. `await handle.exportJournal()` returns one.';

export const journalTooNew = (version: number, newest: number): string =>
  `This journal has version ${version}, and this use-durable reads ${newest} at most. Update it.`;

export const journalPartsInvalid = (): string =>
  'This journal is damaged: its id, its function, its events or its manifests are missing or of the wrong type.';

export const journalDamaged = (fault: string): string => `This journal is damaged: ${fault}.`;

export const runRemoved = (id: string): string => `There is no run "${id}" in the store any more.`;

export const signalTooLate = (id: string, signal: string): string =>
  `The run "${id}" has ended, so it can't receive the signal "${signal}" any more.`;

export const crashLoop = (
  beginning: string,
  count: number,
  place: string,
  alone: number,
  doing: string | null,
  id: string,
): string =>
  `${beginning}${count} times in a row the worker that drove this run of ${place} died, or was ` +
  `found gone, before anything more was recorded; ${alone} times no other run could be the reason. When that happened last, ` +
  `${doing ?? 'its journal was being read'}. Look for process.abort(), process.exit(), native code, memory that runs out ` +
  `and loops without an end. Nothing that is recorded is lost, and the other runs continue. resume(${id}) ` +
  `tries it again.`;

export const listFnInvalid = (): string =>
  'list: fn is the id of a durable function, as text, or a list of ids.';

export const listCursorInvalid = (): string => 'list: cursor is the id of a run.';

export const listStatusUnknown = (status: string, statuses: string): string =>
  `list: there is no status "${status}", only ${statuses}.`;

export const listLimitInvalid = (limit: number): string =>
  `list: limit must be a positive whole number, not ${limit}.`;

export const afterInvalid = (where: string): string =>
  `${where}: after is a whole number: where the page before ended.`;

export const pageLimitInvalid = (where: string): string => `${where}: limit must be a positive whole number.`;

export const tokenNoString = (): string =>
  'complete and fail: the token must be the string that createCallback() returned.';

export const rerunUnderSameId = (id: string): string =>
  `rerun: the new run needs an id of its own, not "${id}".`;

export const resumeOfCompleted = (id: string): string =>
  `The run "${id}" has completed. To do its work again, rerun() it.`;

export const pruneDateInvalid = (): string => 'prune(date): the date is invalid.';

export const deniedUnknown = (action: unknown): string => `denied: there is no action "${String(action)}".`;

export const actionDenied = (): string => 'not allowed';

export const closeStoreInvalid = (): string => 'close: store must be true or false.';

export const closeTimeoutInvalid = (timeoutMs: number): string =>
  `close: timeoutMs must be a number from 0 on, not ${timeoutMs}.`;

export const functionNotDurable = (what: string): string => `${what}: fn must be a durable function.`;

export const argumentsNoArray = (what: string, id: string): string =>
  `${what}: the arguments of "${id}" must be an array: ${what}(fn, [input]).`;

export const runIdNoString = (where: string): string => `${where}: the id of a run is a string.`;

export const runNotFound = (id: string): string => `There is no run "${id}" in the store.`;

export const calledWithOtherThis = (id: string): string =>
  `"${id}" was called with another \`this\` than the object or class it is defined in. The journal doesn't keep ` +
  `\`this\`, so the run could not use it after a restart.`;

export const calledBeforeModule = (id: string): string =>
  `"${id}" was called before its module had been evaluated.`;

export const bodyBeforeModule = (id: string): string =>
  `"${id}" is called before its module has been evaluated`;

/** Of a run that another process blocked without a reason. */
export const runBlocked = (): string => 'The run is blocked.';

/** Follows the name of the function of a run, where the function is loaded and not compiled. */
export const becauseNotCompiled = (reason: string): string => `. ${reason}`;

/** Follows the name of the function of a run, where the name is that of several functions. */
export const becauseAmbiguous = (
  fn: string,
  namesakes: readonly { readonly id: string; readonly line: number }[],
): string =>
  `, and that was the id of ${namesakes.length} functions of this process before ids had the package and the file in them: ` +
  `${namesakes.map(({ id, line }) => `${id} (line ${line})`).join(' and ')}. It isn't known which of them it is. Load only the ` +
  `one that it is, or give that one its id back with the directive 'use durable as ${fn}'.`;

export const runRemovedMeanwhile = (id: string): string =>
  `The run "${id}" was removed from the store meanwhile.`;

export const runJournalTooNew = (id: string, version: number, newest: number): string =>
  `The journal of run "${id}" has version ${version}, and this use-durable reads ${newest} at most. Update it; ` +
  `the run is left as it is.`;

export const runNotOver = (id: string): string => `The run "${id}" is not over any more; ask for it again.`;

export const journalChangedElsewhere = (runId: string): string =>
  `The journal of run "${runId}" was changed by something else while it was under way here: what comes next ` +
  `doesn't fit behind what is there. Nothing more was written to it. Other runs are not affected.`;

export const runStopped = (runId: string, reason: string): string =>
  `The run "${runId}" has stopped where its journal ends. It resumes when the store can be written again, here if this process is a worker, or with the next recover(): ${reason}`;

export const handlingThrew = (runId: string, fn: string, thrown: string): string =>
  `Run "${runId}" of ${fn} was parked, since this was thrown while something that it waited for ` +
  `was handled: ${thrown}. Nothing that is recorded is lost: fix what threw, and resume() it.`;

export const builtinUnknown = (name: string): string =>
  `builtin("${name}"): this runtime has no such builtin. Compile with the same version of use-durable.`;

export const acceptNoVersion = (): string =>
  'resume: accept is the code version that the reason of the block names, as text.';

export const acceptNotBlocked = (id: string, status: string): string =>
  `The run "${id}" is ${status}. Only the code of a blocked run can be accepted.`;

/** @param known the versions that could be accepted */
export const acceptUnknown = (id: string, version: string, known: readonly string[]): string =>
  `Nothing knows the code version "${version}" of a function of the run "${id}", so no worker could take the run up. Nothing was accepted. ` +
  (known.length > 0
    ? `Known ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`
    : 'The reason of the block names the version, where it can be accepted.');

export const acceptHeld = (id: string): string =>
  `The run "${id}" is being resumed by a worker at this moment. Nothing was accepted. Try again when it is blocked.`;

export const acceptOfCancelled = (id: string): string =>
  `The run "${id}" was cancelled, and its cancellation has a place in the old order. Nothing was accepted. rerun() starts it again.`;

export const acceptOfFork = (id: string, of: string): string =>
  `The run "${id}" has the beginning of the run "${of}", and its random values change at a place of that order. Nothing was accepted. ` +
  `Fork "${of}" from an earlier step, or deploy the code from before.`;

/** @param near keys that are much like it, @param keys all keys, as far as they are shown, and @param more whether there are more */
export const forkKeyUnknown = (
  id: string,
  key: string,
  near: readonly string[],
  keys: string,
  more: string,
): string =>
  `Nothing is recorded under the key "${key}" in the journal of run "${id}". ` +
  (near.length > 0
    ? `Is it ${near.map((one) => `"${one}"`).join(' or ')}?`
    : keys === ''
      ? 'It has no keys yet, or none since another order of its code was accepted.'
      : `Its keys are ${keys}${more}; \`handle.events()\` lists all.`);

/** @param keys of what it did, and @param more whether there is more of it */
export const forkBeyondWork = (id: string, from: string, keys: string, more: string): string =>
  `The run "${id}" went on after a failure behind "${from}": ${keys}${more}. That may be a cleanup, such as a refund, and a run that ` +
  'begins before it would not know of it. { forget: true } forks it anyway.';

/** @param keys of what is open, and @param more whether there is more of it */
export const forkOfShared = (id: string, from: string, keys: string, more: string): string =>
  `The run "${id}" waits before "${from}" for callbacks or for other runs whose outcome only one run can receive: ${keys}${more}. Fork it ` +
  'from one of these keys, or when they have ended.';

/** @param keys of the outcomes that would be used, and @param more whether there are more */
export const forkOfAccepted = (id: string, from: string, keys: string, more: string): string =>
  `Another order of the code was accepted for the run "${id}". A new run that goes on from "${from}" would not do again what was recorded ` +
  `before that: it would be given the old outcomes of ${keys}${more}. Fork it from a key behind all of these, or use rerun(id), which ` +
  'does everything again.';

export const resumeOfAccepted = (id: string, key: string): string =>
  `The step "${key}" of the run "${id}" failed before another order of the code was accepted, and what was recorded by then is kept. So it ` +
  'would not be called again: its old error would be thrown. Use rerun(id), which does everything again.';

export const forkFromNoKey = (where: string): string =>
  `${where}: from is the key of a step or a wait, as handle.events() lists it.`;

export const rerunFromOfUnended = (id: string, status: string): string =>
  `The run "${id}" is ${status}. rerun({ from }) is for runs that have ended; fork() is for all.`;

export const newRunIdTaken = (id: string): string =>
  `There is a run "${id}" already. The new run needs an id of its own.`;

export const versionsOfNoId = (): string => 'versions: fn is the id of a durable function, as text.';

export const noExport = (name: string): string => `${name} is no run that was written by \`durable export\`.`;

export const exportTooNew = (name: string, found: number, known: number): string =>
  `${name} has the format ${found} of exported runs; this version of use-durable reads formats up to ${known}. Use a newer version.`;

export const exportDamaged = (name: string, fault: string): string =>
  `${name} is not as \`durable export\` wrote it: ${fault}.`;
