/**
 * The catalogue of diagnostics: code, severity, what goes wrong at run time, and what to write instead. Each kind of mistake
 * has one code. All texts are here.
 */

export type Severity = 'error' | 'warning' | 'info';

export interface Diagnostic {
  /** Stable, `UD` and four digits. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, and what it would do at run time. */
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
  /** The address of the section that explains the code: `use-durable/docs/diagnostics.md#ud3001`. */
  readonly help: string;
  readonly fileName: string;
  /** Offset in UTF-16 units. */
  readonly start: number;
  readonly length: number;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** The address of the section of the documentation that explains a code. */
export const helpFor = (code: string): string => `use-durable/docs/diagnostics.md#${code.toLowerCase()}`;

export interface CatalogueEntry {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string;
}

const error = (code: string, message: string, hint: string): CatalogueEntry => ({
  code,
  severity: 'error',
  message,
  hint,
});
const warning = (code: string, message: string, hint: string): CatalogueEntry => ({
  code,
  severity: 'warning',
  message,
  hint,
});

/** `{}` in a text is filled in by the pass that reports it. */
export const catalogue = {
  directiveMisspelt: error(
    'UD1001',
    "'{}' is not a directive; did you mean 'use durable'? As it stands the function is not durable.",
    "Write 'use durable'.",
  ),
  directiveMisplaced: error(
    'UD1002',
    "'use durable' has no effect here: {}.",
    'Make it the first statement of an async function at the top level of a module, or the first line of the file.',
  ),
  notAsync: error(
    'UD1003',
    'A durable function must be async; this one is not, so it cannot await its steps.',
    'Add `async`, or remove the directive.',
  ),
  generator: error(
    'UD1004',
    'A generator cannot be durable: its state between two `yield`s is not in the journal.',
    'Make it an async function that returns its result, or remove the directive.',
  ),
  instanceMethod: error(
    'UD1005',
    'This method of instances cannot be durable: after a restart there is no instance to call it on.',
    'Register the class in this file, `registerClass(TheClass)`, and write it as a method. Or pass what it needs as an argument.',
  ),
  duplicateId: error(
    'UD1006',
    "Two durable functions of this file have the id '{}' (the other one is in line {}); their runs could not be distinguished.",
    "Rename one, or give it an id of its own: 'use durable as another-id'.",
  ),
  notAModule: error(
    'UD1007',
    'This file is a script, not a module, so the compiled code cannot import its runtime.',
    'Add `export {}`, or export the function.',
  ),
  noStableName: error(
    'UD1008',
    'This durable function has no name that stays the same from build to build, and runs are found by that name.',
    'Bind it to a const, name its class, or give the method a plain name.',
  ),
  badId: error(
    'UD1009',
    "'{}' is not an id for a durable function.",
    "Use letters, digits, `_`, `-`, `.` and `$`, as in 'use durable as register-user', or the whole id of a function whose file was renamed.",
  ),
  thisInFunction: error(
    'UD1010',
    'This durable function reads `this`, and after a restart there is nothing to call it on.',
    'Pass what it needs as an argument.',
  ),
  privateState: error(
    'UD1011',
    "The instances that this method is called on have '{}', which only their class can reach, so it would be missing after a restart.",
    'Give `registerClass({}, ...)` an `encode` and a `decode`, or make it an ordinary property.',
  ),
  receiverChange: warning(
    'UD1012',
    'A run works on a copy of the instance, so a caller outside of the run does not see this change.',
    'Return what has changed.',
  ),
  compiledBefore: error(
    'UD1013',
    'Another tool has compiled this file before: {}. The ids of functions and steps are made of the names in the source, and would be different.',
    'Let use-durable read the source, before other plugins and loaders (`enforce: "pre"`), and bundle, minify or convert its output.',
  ),
  badVersion: error(
    'UD1014',
    "'{}' is no version of a durable function: {}.",
    "Write a whole number from 1 on, as in 'use durable version 2', or 'use durable version 1 of checkout' for the kept old function beside `checkout`.",
  ),
  versionOfUnknown: error(
    'UD1015',
    "This file has no durable function '{}' that this could be a version of, so its runs would not find it.",
    "Name a durable function of this file as it is declared. For one in another file write its id: 'use durable as the-id version 1'.",
  ),
  duplicateVersion: error(
    'UD1016',
    "Two durable functions of this file claim version {} of '{}' (the other one is in line {}); their runs could not be distinguished.",
    'Give each of them a number of its own.',
  ),
  lockUnreadable: error(
    'UD1017',
    "{} can't be used: {}. It has the ids of the steps of this function, and without them runs that are under way would be blocked.",
    '{}',
  ),
  lockStale: error(
    'UD1018',
    '{} is out of date: {}. Until it is written again, a later edit could give the ids of these steps to other calls.',
    "Run `npx durable lock` and commit the file. While you develop, let the build write it: `lock: 'write'`, or DURABLE_LOCK=write.",
  ),
  unsupported: error(
    'UD2001',
    '{} in a durable function is not supported yet, and compiling it anyway could change its meaning.',
    '{}',
  ),
  foreignAsyncIterator: error(
    'UD2002',
    '`{}` over {} cannot be resumed after a restart: the journal does not hold its position.',
    'Read all of it in a step (`const rows = await readAll()`), or loop over pages, one step a page.',
  ),
  tangledChain: error(
    'UD2003',
    'This chain of calls cannot be one step, because {}, and a replay would not do that again.',
    'Await the first call into a const, and continue with that.',
  ),
  tangledExecutor: error(
    'UD2004',
    'The executor of this promise both calls out and changes variables of the durable function; a replay would call out again.',
    'Move the part that calls out into a function that returns a promise, and await that.',
  ),
  tooDeep: error(
    'UD2005',
    'A durable function of this file is nested too deeply to be compiled.',
    'Split its longest expression into several statements.',
  ),
  heldPosition: error(
    'UD2006',
    '`{}` continues to read from an object. The journal does not hold the position, so after a restart it reads from the beginning.',
    'Read all of it in one step (`const rows = await readAll()`), or page by page with a token. Where a server keeps the position, write `await step(() => it.next())`.',
  ),
  perhapsPosition: warning(
    'UD2007',
    '`{}` may continue to read from an object. The journal does not hold the position, so after a restart it would read from the beginning.',
    'Read all of it in one step (`const rows = await readAll()`), or page by page with a token. Where a server keeps the position, write `await step(() => it.next())`.',
  ),
  sinceName: error(
    'UD2008',
    '`{}` does not name its branch by a literal, so it is not known at compile time which calls belong to the branch.',
    "Write one string of letters, digits, `_`, `.` and `-` that begins with a letter: `since('fraud-check')`.",
  ),
  capturedAssignment: error(
    'UD3001',
    "'{}' is changed inside a step. A replay takes the step's result from the journal, so the change would be lost.",
    'Return the value from the step and assign it outside.',
  ),
  capturedMutation: error(
    'UD3002',
    "'{}.{}' changes a value of the durable function inside a step. A replay would not make that change again.",
    'Return the value from the step and change the object outside.',
  ),
  timerInBody: error(
    'UD3003',
    '`{}` in a durable function does not survive a restart, and every replay would start it again.',
    'Write `await sleep(...)`, and for work beside it an async closure that sleeps first. A `setTimeout` whose callback only ' +
      'aborts a controller, settles a promise or sets a variable of the function is a durable wait.',
  ),
  durableInStep: error(
    'UD3004',
    '`{}` inside a step: a step is a single unit of work and cannot wait durably or contain other steps.',
    'Move it out of the callback, into the durable function itself.',
  ),
  blockingEffect: error(
    'UD3005',
    '`{}` is {} outside of any step; every replay would {}.',
    'Put it into a step: `await step(() => ...)`, or use the asynchronous version and await it.',
  ),
  floatingPromise: error(
    'UD3007',
    '`{}` returns a promise that this function never awaits. The run may end first, and its outcome is lost.',
    'Await it, return it, or put it into a combinator.',
  ),
  nondeterministic: error(
    'UD3008',
    '`{}` returns another value on every replay, so after a restart the function would continue with other values.',
    '{} Date, performance.now, Math.random and crypto.randomUUID are fine as they are.',
  ),
  environmentRead: warning(
    'UD3009',
    '`{}` may have another value in the process that resumes the run, and a replay could take another path.',
    'Read it in a step, `await step(() => ...)`, in the function that the step calls, or pass it as input.',
  ),
  moduleStateRead: warning(
    'UD3010',
    "'{}' changes while the process runs (line {}). After a restart it has its first value again, and a replay could take another path.",
    'Read it in a step, `await step(() => ...)`, or keep the value in the durable function.',
  ),
  moduleStateChange: warning(
    'UD3011',
    "'{}' belongs to the module, and every replay would change it again.",
    'Change it in a step, or keep the value in the durable function.',
  ),
  stateBetweenSteps: warning(
    'UD3024',
    "`{}` reads '{}', which the step `{}` sets (line {}). A replay takes the outcome of that step from the journal, so after a restart the variable has its first value again.",
    'Return the value from the step that sets it and pass it on: `const token = await login(); await load(token)`. Or let the step that reads it set it, if it is not set. Only functions and variables of this file are looked at: `crashSweep` with `callSteps` and `restart` finds state of other modules.',
  ),
  keptResults: warning(
    'UD3025',
    '`{}` may keep what the function returned. Each call of `{}` is one step, and after a restart nothing is kept: the next call of it calls the function again.',
    'Keep the promise in the function: `let user; const load = () => (user ??= fetchUser())`. Or use a package whose calls belong to the workflow, such as `once` and `memoize` of lodash, or p-memoize. A function is known by its name (memo, once, cache, dedupe, lazy, share, singleton), any other by two calls with the same arguments: `crashSweep` with `callSteps` and `restart` finds the rest.',
  ),
  unfinishedWork: warning(
    'UD3012',
    '{} is not awaited. A run ends with its function, and work that is left then is never done.',
    'Keep its promise and await it, as in `await Promise.all(xs.map(async (x) => ...))`.',
  ),
  promisesFromHelper: warning(
    'UD3006',
    '`{}` is called again on every replay; if it starts work, that work starts again.',
    'Start the work here, so that each call is a step: `xs.map((x) => f(x))`.',
  ),
  helperReads: warning(
    'UD3014',
    '`{}` reads `{}` ({}), and returns another value on every replay: after a restart the function would continue with other values.',
    'Call it in a step, `await step(() => ...)`, or read that here, where it is the same on every replay, and pass it.',
  ),
  abandonedWait: warning(
    'UD3015',
    '`{}` may lose this race. It keeps waiting then, and takes the next signal, which nothing reads.',
    'Write `await waitFor({}, { timeout: ... })` and catch the TimeoutError, keep one promise for all rounds, or abort the wait: `{ signal }` of an AbortController.',
  ),
  takenPromise: error(
    'UD3016',
    '`{}` may be a promise in the result of `{}`, and a replay would make that call again: a promise that is awaited is recorded, the rest of the object is not.',
    'Do all of it in one step: `const { text, usage } = await step(async () => { const answer = ask(); return { text: await answer.text, usage: await answer.usage }; })`. If only one promise of it is used, await that directly: `const answer = ask(); await answer.text`.',
  ),
  schedulerInStep: error(
    'UD3017',
    "'{}' is used in a step and outside of steps. A replay does not run the step, so its state would be different.",
    'Use it outside of steps only: the calls that its functions await are steps. Or create one in the step.',
  ),
  changedInPackage: error(
    'UD3018',
    "'{}' is changed by a function that `{}` calls. Its call is a step, since {}, and a replay would not make the change again.",
    '{}',
  ),
  sharedWork: error(
    'UD3019',
    '`{}` returns an object with work in progress, and the function uses it in more than one way. A replay makes the call again, although its outcome is recorded.',
    'Do all of it in one step: `const all = await step(async () => { const answer = ask(); answer.on(...); return await answer.whole(); })`. Create a client that lives longer than a run outside of the durable function.',
  ),
  promiseMember: error(
    'UD3020',
    '`{}`: `{}` is a step. The function has only the promise of its outcome, which comes from the journal after a restart.',
    "Use its other members in the step: `await step(async () => { const p = work(); ...; return await p; })`. To end a step that takes too long, set a timeout: `withPolicy(work, { timeout: '1 minute' })`.",
  ),
  listenerAgain: warning(
    'UD3021',
    '`{}` listens to an object from outside of the function, and so does every replay: if a run is resumed in the same process, the listener is called twice.',
    'Listen outside of the durable function and send the run a signal, or add and remove the listener in one step.',
  ),
  privateMembers: warning(
    'UD3022',
    '`{}` needs private members of {}, and an instance from the journal, which a step returned or threw, has none: the call fails, or finds nothing.',
    "Keep what it needs in an ordinary property, read it by a getter, whose value an error keeps, or give the class `[Symbol.for('use-durable.encode')]()` and `static [Symbol.for('use-durable.decode')](data)`.",
  ),
  listenerChanges: warning(
    'UD3023',
    "`{}`: the value of '{}' depends on when '{}' calls the listener. That is not in the journal, and a replay may see another order.",
    "Wait for the event, which is a step: `const value = await new Promise((resolve) => client.once('done', resolve))`. Or create the object and listen to it in one step.",
  ),
  uncarriedValue: error('UD4001', "{} can't be written to the journal: `{}` is {}.", '{}'),
  changedArgument: warning(
    'UD4003',
    "The step `{}` changes '{}'. A replay takes the step's result from the journal, so the change would be lost.",
    'Return the changed value from the step, and use that.',
  ),
  lostMember: error(
    'UD4004',
    '`{}` is {}, which the result of the step `{}` does not have after a replay: the journal keeps only data.',
    "Use it in the step, and return the value that you need: `await step('name', async () => (await load()).total())`; or register the class, `registerClass(TheClass)`.",
  ),
  perhapsLostMember: warning(
    'UD4005',
    '`{}` is {}, which the result of the step `{}` does not have after a replay if it is an instance of a class: the journal keeps only data.',
    "Use it in the step, and return the value that you need: `await step('name', async () => (await load()).total())`; or register the class, `registerClass(TheClass)`.",
  ),
  perhapsUncarriedValue: warning('UD4002', "{} can't be written to the journal where `{}` is {}.", '{}'),
} as const satisfies Record<string, CatalogueEntry>;

export type DiagnosticName = keyof typeof catalogue;
