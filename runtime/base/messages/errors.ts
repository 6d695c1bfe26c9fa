/** Texts of errors whose classes say all there is to say. */

export const refusedByCompiler = (
  what: string,
  { code, message, fileName, line, column }: Place & { readonly code: string; readonly message: string },
): string =>
  `${what} was not compiled by use-durable, because the compiler found an error in its file, so it neither runs nor ` +
  `starts. ${fileName}:${line}:${column} - ${code}: ${message}`;

interface Place {
  readonly fileName: string;
  readonly line: number;
  readonly column: number;
}

/** Begins the text of a run whose function is not known. Stores are searched for it. */
export const runBelongsTo = (runId: string, fn: string): string =>
  `Run "${runId}" belongs to the durable function "${fn}"`;

/** @param refused why the function is not compiled, if it is loaded */
export const functionUnknown = (runId: string, fn: string, refused = notLoaded(fn)): string =>
  `${runBelongsTo(runId, fn)}${refused} The run is parked as blocked and its journal is untouched.`;

const notLoaded = (fn: string): string =>
  `, which this process has not loaded. Import the module that defines it before recover(); if it was renamed, keep its ` +
  `id with the directive 'use durable as ${fn}'.`;

/** Begins the text of a crash loop. Stores are searched for it. */
export const crashLoopOf = (runId: string): string => `Run "${runId}" is in a crash loop: `;

export const idTaken = (runId: string, existing: string, requested: string): string =>
  `Run "${runId}" exists already and belongs to "${existing}", so it can't be started for "${requested}". Use another id.`;

/** @param name of the package, if it is installed twice */
export function functionsWithOneId(id: string, first: string, second: string, name?: string): string {
  const advice =
    name === undefined
      ? `Rename one, or give it an id of its own with 'use durable as another-id'.`
      : `Their code differs, and one of them would resume the runs of the other. Load one version of ${name} in this process: ` +
        `install it once, or let each version have a process and a store of its own.`;
  return `Two durable functions have the id "${id}": ${first} and ${second}. ${advice}`;
}

export const runCancelled = (reason: string | undefined): string =>
  reason === undefined ? 'The run was cancelled.' : `The run was cancelled: ${reason}`;

export const stepInterrupted = (key: string): string =>
  `The step "${key}" is called at most once, and the process died while it was under way. Whether its work was done ` +
  `is not known. Find out, and continue from there.`;

export const packageMissing = (pkg: string): string =>
  `The package "${pkg}" can't be loaded. Add it: npm install ${pkg}`;

export const runTakenOver = (runId: string): string =>
  `Run "${runId}" was taken over by another worker, so this process stopped driving it. Ask its result through ` +
  `runtime.get("${runId}").`;

export const runtimeClosed = (): string =>
  'The runtime is closed. Runs that were under way resume with a later recover().';

/** @param first undefined if the copy is not known */
export function copiesDiffer(first: Copy | undefined, second: Copy): string {
  const shown = ({ version, path }: Copy): string => `use-durable ${version} (${path})`;
  return (
    `Two copies of use-durable that can't work together are loaded in one process: ` +
    `${first === undefined ? 'one that is not known' : shown(first)} and ${shown(second)}. Their runs would not know of each ` +
    `other's functions. Install one version of it for all: \`npm ls use-durable\` shows who needs which.`
  );
}

interface Copy {
  readonly version: string;
  readonly path: string;
}

export const noJsonFor = (path: string, what: string): string =>
  `The result of the run can't be written as JSON: ${path} is ${what}.`;
