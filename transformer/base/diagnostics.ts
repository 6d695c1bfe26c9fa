import type ts from 'typescript';

/**
 * The catalogue: every message the compiler can give, with its code, what goes wrong at run time, and what to write
 * instead. One code per kind of mistake; texts live here and nowhere else.
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
    'A durable function must be async; this one is not, so nothing in it could be awaited.',
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
    'Register the class in this file, `registerClass(TheClass)`, and write it as a method; or take what it needs as an argument.',
  ),
  duplicateId: error(
    'UD1006',
    "Two durable functions of this file have the id '{}' (the other one is in line {}); runs could not be told apart.",
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
    'A run works on a copy of the instance, so who calls this method outside of a run does not see this change.',
    'Return what has changed.',
  ),
  compiledBefore: error(
    'UD1013',
    'Another tool has compiled this file before: {}. The ids of functions and steps are made of the names in the source, and would be others.',
    'Let use-durable read the source, before other plugins and loaders (`enforce: "pre"`), and bundle, minify and convert what it gives.',
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
    'Await the first call into a const, and go on from there.',
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
    '`{}` reads on in an object, and the journal does not hold how far it was read: after a restart it begins anew.',
    'Read all of it in one step (`const rows = await readAll()`), or page by page with a token. Where a server keeps the position, write `await step(() => it.next())`.',
  ),
  perhapsPosition: warning(
    'UD2007',
    'If `{}` reads on in an object, that begins anew after a restart: the journal does not hold how far it was read.',
    'Read all of it in one step (`const rows = await readAll()`), or page by page with a token. Where a server keeps the position, write `await step(() => it.next())`.',
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
    '`{}` gives a promise that nothing in this function waits for. The run may end first, and nobody learns how this ended.',
    'Await it, return it, or put it into a combinator.',
  ),
  nondeterministic: error(
    'UD3008',
    '`{}` gives something else on every replay, so the function would go on with other values after a restart.',
    '{} Date, performance.now, Math.random and crypto.randomUUID are fine as they are.',
  ),
  environmentRead: warning(
    'UD3009',
    '`{}` may be something else in the process that goes on after a restart, and the function would take another way.',
    'Read it in a step, `await step(() => ...)`, in the function that the step calls, or pass it as input.',
  ),
  moduleStateRead: warning(
    'UD3010',
    "'{}' changes while the process runs (line {}). After a restart it starts anew, and the function would take another way.",
    'Read it in a step, `await step(() => ...)`, or keep the value in the durable function.',
  ),
  moduleStateChange: warning(
    'UD3011',
    "'{}' belongs to the module, and every replay would change it again.",
    'Change it in a step, or keep the value in the durable function.',
  ),
  unfinishedWork: warning(
    'UD3012',
    '{} is not waited for. A run ends with its function, and what this has still to do then is never done.',
    'Keep its promise and await it, as in `await Promise.all(xs.map(async (x) => ...))`.',
  ),
  promisesFromHelper: warning(
    'UD3006',
    '`{}` is called again on every replay; if it starts work, that work starts again.',
    'Start the work here, so that each call is a step: `xs.map((x) => f(x))`.',
  ),
  helperReads: warning(
    'UD3014',
    '`{}` reads `{}` ({}), and what it gives is something else on every replay: the function would go on with other values.',
    'Call it in a step, `await step(() => ...)`, or read that here, where it is the same on every replay, and hand it over.',
  ),
  abandonedWait: warning(
    'UD3015',
    '`{}` in a race that it may lose goes on waiting then, and takes the next signal, for which nobody looks at it any more.',
    'Write `await waitFor({}, { timeout: ... })` and catch the TimeoutError, keep one promise for all rounds, or call the wait off: `{ signal }` of an AbortController.',
  ),
  takenPromise: error(
    'UD3016',
    '`{}` may be a promise out of what `{}` gave, and a replay would make that call again: one promise that is awaited is recorded, and the rest of the object is not.',
    'Do all of it in one step: `const { text, usage } = await step(async () => { const answer = ask(); return { text: await answer.text, usage: await answer.usage }; })`. If a promise is all that is used of it, await it right out of the object: `const answer = ask(); await answer.text`.',
  ),
  schedulerInStep: error(
    'UD3017',
    "'{}' is used in a step and outside of steps. A replay doesn't run the step, and would find it in another state.",
    'Use it outside of steps alone: what its functions await are steps. Or make one in the step.',
  ),
  changedInPackage: error(
    'UD3018',
    "'{}' is changed by a function that `{}` calls. Its call is a step, since {}, and a replay would not make the change again.",
    '{}',
  ),
  sharedWork: error(
    'UD3019',
    '`{}` gives an object that works by itself, and the function uses it in more than one way. A replay makes the call again, though what came of it is recorded.',
    'Do all of it in one step: `const all = await step(async () => { const answer = ask(); answer.on(...); return await answer.whole(); })`. A client that lives longer than a run is made outside of the durable function.',
  ),
  promiseMember: error(
    'UD3020',
    '`{}`: `{}` is a step, and all that the function has of it is the promise of its outcome, which comes from the journal after a restart.',
    "Use what else it gives in the step: `await step(async () => { const p = work(); ...; return await p; })`. To end a step that takes too long, give it a time: `withPolicy(work, { timeout: '1 minute' })`.",
  ),
  listenerAgain: warning(
    'UD3021',
    '`{}` listens to an object from outside of the function, and every replay does so again: where a run goes on in the same process, the listener is there twice.',
    'Listen outside of the durable function and send the run a signal, or begin and end listening in one step.',
  ),
  privateMembers: warning(
    'UD3022',
    '`{}` needs private members of {}, and an instance that comes out of the journal, as what a step threw or returned, has none: the call fails, or finds nothing.',
    "Keep what it needs in an ordinary property, read it by a getter, whose value an error keeps, or give the class `[Symbol.for('use-durable.encode')]()` and `static [Symbol.for('use-durable.decode')](data)`.",
  ),
  listenerChanges: warning(
    'UD3023',
    "`{}`: what '{}' becomes depends on when '{}' calls the listener. That is not in the journal, and a replay may see another order.",
    "Wait for the event, which is a step: `const value = await new Promise((resolve) => client.once('done', resolve))`. Or make the object and listen to it in one step.",
  ),
  uncarriedValue: error('UD4001', "{} can't be written to the journal: `{}` is {}.", '{}'),
  changedArgument: warning(
    'UD4003',
    "The step `{}` changes '{}'. A replay takes the step's result from the journal, so the change would be lost.",
    'Let the step return the changed value, and go on with that.',
  ),
  lostMember: error(
    'UD4004',
    '`{}` is {}, which the result of the step `{}` comes back without: the journal keeps its data.',
    "Use it in the step, and return what is needed of it: `await step('name', async () => (await load()).total())`; or register the class, `registerClass(TheClass)`.",
  ),
  perhapsLostMember: warning(
    'UD4005',
    '`{}` is {}, which the result of the step `{}` comes back without where it is an instance of a class: the journal keeps its data.',
    "Use it in the step, and return what is needed of it: `await step('name', async () => (await load()).total())`; or register the class, `registerClass(TheClass)`.",
  ),
  perhapsUncarriedValue: warning('UD4002', "{} can't be written to the journal where `{}` is {}.", '{}'),
} as const satisfies Record<string, CatalogueEntry>;

export type DiagnosticName = keyof typeof catalogue;

/** Collects the diagnostics of one file. */
export class Reporter {
  readonly diagnostics: Diagnostic[] = [];
  private readonly reported = new Set<string>();
  private readonly sourceFile: ts.SourceFile;
  private readonly fileName: string;

  constructor(sourceFile: ts.SourceFile, fileName: string) {
    this.sourceFile = sourceFile;
    this.fileName = fileName;
  }

  /** Reports an entry of the catalogue at a node; `words` fill the holes of its message, then those of its hint. */
  report(name: DiagnosticName, node: ts.Node, ...words: string[]): void {
    const { code, severity, message, hint } = catalogue[name];
    const start = node.getStart(this.sourceFile);
    // A function that several steps call is looked at for each of them.
    const place = `${code}:${start}`;
    if (this.reported.has(place)) return;
    this.reported.add(place);
    const { line, character } = this.sourceFile.getLineAndCharacterOfPosition(start);
    const rest = [...words];
    const fill = (text: string): string => text.replace(/\{\}/g, () => rest.shift() ?? '');
    this.diagnostics.push({
      code,
      severity,
      message: fill(message),
      hint: fill(hint),
      help: helpFor(code),
      fileName: this.fileName,
      start,
      length: node.getEnd() - start,
      line: line + 1,
      column: character + 1,
    });
  }
}

/** The longest line that a code frame shows, in characters. */
const FRAME = 160;

/** A diagnostic as text: place, message, the source line with the span marked, hint, the address of its page. */
export function formatDiagnostic(diagnostic: Diagnostic, source: string): string {
  const { fileName, line, column, severity, code, message, hint, help, length } = diagnostic;
  const whole = source.split(/\r?\n/)[line - 1] ?? '';
  // Of a line that is longer than any screen, what is around the place.
  const from = whole.length > FRAME ? Math.max(0, column - 1 - FRAME / 2) : 0;
  const text = whole.slice(from, from + FRAME);
  const gutter = String(line);
  const offset = column - 1 - from;
  const marks = '~'.repeat(Math.max(1, Math.min(length, text.length - offset)));
  const indent = text.slice(0, offset).replace(/[^\t]/g, ' ');
  return [
    `${fileName}:${line}:${column} - ${severity} ${code}: ${message}`,
    '',
    `${gutter} | ${text}`,
    `${' '.repeat(gutter.length)} | ${indent}${marks}`,
    '',
    ...(hint === '' ? [] : [hint]),
    `See ${help}`,
  ].join('\n');
}
