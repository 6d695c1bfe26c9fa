import { relative } from 'node:path';
import { catalogue, helpFor } from './base/diagnostics.ts';
import { fileIdOf } from './base/file-id.ts';
import { concerned } from './base/given-file.ts';
import { mayHoldDirective } from './base/may-concern.ts';
import { functionKey } from './base/plan.ts';
import { type Compiled, compile, resultOf, type TransformOptions, type TransformResult } from './compile.ts';

export interface FileOptions {
  /** Marks the branches that compiled code adds, so that coverage doesn't count them; default false. */
  readonly coverage?: boolean | undefined;
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
export function compileFile(code: string, path: string, { coverage }: FileOptions = {}): TransformResult {
  const given = concerned(code, path);
  if (given === undefined) return { code, map: null, functions: [], diagnostics: [] };
  const fileName = relative(process.cwd(), given.path).replaceAll('\\', '/');
  const options: TransformOptions = { fileName, fileId: fileIdOf(given.path), coverage };
  const { written } = given;
  return resultOf(
    written === undefined ? compile(code, options, 'look') : compileChanged(code, written, options),
  );
}

function compileChanged(code: string, source: string, options: TransformOptions): Compiled {
  const before = compile(source, options, 'look');
  if (before.functions.length === 0) return compile(code, options, 'look');
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
  return (
    before.functions.every((one) => {
      const key = functionKey(one);
      return compiledIds.has(key) || now.get(key) === stepsIn(one.steps);
    }) && before.functions.length >= functions.length
  );
}

/** Minifiers may remove directives from compiled code. It is parsed only if there is one. */
const hasTables = (code: string, { functions }: Compiled): boolean =>
  functions.every(({ id }) => ['"', "'", '`'].some((quote) => code.includes(quote + id + quote)));

const stepsIn = (steps: TransformResult['functions'][number]['steps']): string =>
  JSON.stringify(steps.map(({ id, kind }) => [id, kind]));
