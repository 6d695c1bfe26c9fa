import { relative } from 'node:path';
import { catalogue, helpFor } from './base/diagnostics.ts';
import { type FilePlace, placeOf, realDisk } from './base/file-id.ts';
import { concerned } from './base/given-file.ts';
import type { FileLock } from './base/locked.ts';
import { mayHoldDirective } from './base/may-concern.ts';
import { type FunctionInfo, functionKey } from './base/plan.ts';
import { type Compiled, compile, resultOf, type TransformOptions, type TransformResult } from './compile.ts';
import { type LockMode, writesLock } from './lock/mode.ts';
import { fileLock, lockIn } from './lock/read-lock.ts';
import { recordsOf, updateLock } from './lock/write-lock.ts';

/** A compiled file, and what its code depends on besides its text. */
export interface FileResult extends TransformResult {
  /** The lock that was read, absolute. Hosts that keep results watch it. */
  readonly lockFile?: string | undefined;
  /** Whether it also depends on whether other files exist: a lock knows a function by the file that it was in before. */
  readonly asksForFiles?: boolean;
}

export interface FileOptions {
  /** Marks the branches that compiled code adds, so that coverage doesn't count them; default false. */
  readonly coverage?: boolean | undefined;
  /**
   * `write`: each build writes `durable.lock.json` beside the `package.json`. Default: it is read, where there is one, and code
   * that it doesn't know is an error. The environment variable `DURABLE_LOCK=write` is the same as the option.
   */
  readonly lock?: LockMode | undefined;
}

/**
 * Compiles one file of a project, for all hosts. A file without a directive costs next to nothing. The ids of functions contain
 * the package and the path. Diagnostics name the file relative to the working directory.
 *
 * The code may differ from the file on disk, since other tools may have processed it first. If its functions or their steps
 * have other ids then, or a directive is gone, that is an error, UD1013. Code that use-durable has compiled before is left as
 * it is.
 *
 * @param code as the host has it
 * @param path absolute or relative to the working directory, or a `file:` URL; a `?` and the text after it are ignored
 */
export function compileFile(
  code: string,
  path: string,
  { coverage, lock: mode }: FileOptions = {},
): FileResult {
  const given = concerned(code, path);
  if (given === undefined) return { code, map: null, functions: [], diagnostics: [] };
  const fileName = relative(process.cwd(), given.path).replaceAll('\\', '/');
  const place = placeOf(given.path);
  const options: TransformOptions = { fileName, fileId: place?.id, coverage };
  const { written } = given;
  const isWriting = writesLock(mode);
  const { lock, asksForFiles } = lockFor(place, !isWriting);
  const compiled =
    written === undefined
      ? compile(code, options, 'look', lock)
      : compileChanged(code, written, options, lock);
  if (isWriting && place && isWhole(compiled)) updateLock(place, recordsOf(compiled.manifests));
  const lockFile = lock && place && realDisk.path.join(place.folder, lock.name);
  return { ...resultOf(compiled), lockFile, asksForFiles: asksForFiles() };
}

/** The lock of a file, and whether it has asked for other files until now. */
function lockFor(
  place: FilePlace | undefined,
  isStrict: boolean,
): { readonly lock: FileLock | undefined; asksForFiles(): boolean } {
  let isAsked = false;
  const readFile = (path: string): string | undefined => {
    isAsked = true;
    return realDisk.readFile(path);
  };
  const found = place && lockIn(place.folder, realDisk);
  return {
    lock: place && found && fileLock(found, place, { ...realDisk, readFile }, isStrict),
    asksForFiles: () => isAsked,
  };
}

/** Whether all functions of a file are compiled, and none of them was before. */
const isWhole = ({ diagnostics, functions, compiledIds }: Compiled): boolean =>
  compiledIds.size === 0 && functions.length > 0 && diagnostics.every(({ severity }) => severity !== 'error');

function compileChanged(
  code: string,
  source: string,
  options: TransformOptions,
  lock: FileLock | undefined,
): Compiled {
  const before = compile(source, options, 'look', lock);
  if (before.functions.length === 0) return compile(code, options, 'look', lock);
  const after = compile(code, options, 'none');
  if (isSame(before, after)) {
    if (after.functions.length === 0) return after;
    // Places are those of the source, as by every other route.
    const placed = compile(code, options, { source: before.manifests });
    return before.diagnostics.length > 0 ? { ...placed, diagnostics: before.diagnostics } : placed;
  }
  if (!mayHoldDirective(code) && hasTables(code, before)) return after;
  const refused = compile(code, options, {
    trace: 'its functions and steps are not those of the file on disk',
  });
  if (refused.diagnostics.length > 0) return refused;
  const { message, hint, ...entry } = catalogue.compiledBefore;
  const text = message.replace('{}', 'a directive of the file on disk is gone');
  const at = { fileName: options.fileName, start: 0, length: 0, line: 1, column: 1 };
  return { ...refused, diagnostics: [{ ...entry, message: text, hint, help: helpFor(entry.code), ...at }] };
}

/** Whether each function of a file is still durable, with the same steps, or is compiled already. */
function isSame(before: Compiled, { functions, compiledIds }: Compiled): boolean {
  const now = new Map(functions.map((one) => [functionKey(one), stepsIn(one.steps)]));
  // Names are compared, so without the ids that a lock gives.
  const named = (one: FunctionInfo): string => {
    const { sites } = before.manifests.get(functionKey(one))?.renamed ?? {};
    const names = new Map([...(sites ?? [])].map(([name, locked]) => [locked, name]));
    return stepsIn(one.steps.map((step) => ({ ...step, id: names.get(step.id) ?? step.id })));
  };
  return (
    before.functions.every((one) => {
      const key = functionKey(one);
      return compiledIds.has(key) || now.get(key) === named(one);
    }) && before.functions.length >= functions.length
  );
}

/** Minifiers may remove directives from compiled code. It is parsed only if there is one. */
const hasTables = (code: string, { functions }: Compiled): boolean =>
  functions.every(({ id }) => ['"', "'", '`'].some((quote) => code.includes(quote + id + quote)));

const stepsIn = (steps: TransformResult['functions'][number]['steps']): string =>
  JSON.stringify(steps.map(({ id, kind }) => [id, kind]));
