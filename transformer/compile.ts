import { isAbsolute } from 'node:path';
import type ts from 'typescript';
import { analyze, tooDeep } from './analyze.ts';
import type { Diagnostic } from './base/diagnostics.ts';
import { type FileId, fileIdOf, placeOf, realDisk } from './base/file-id.ts';
import type { FileLock } from './base/locked.ts';
import { mayConcern } from './base/may-concern.ts';
import type { FunctionInfo, Manifest, Plan } from './base/plan.ts';
import { loadSyntax } from './base/typescript.ts';
import { emitText, type SourceMapV3 } from './emit/text.ts';
import type { EarlierTools } from './file/file-context.ts';
import { lockOfFile, lockOfText } from './lock/read-lock.ts';

export interface TransformOptions {
  /** Decides the language by its extension. Appears in maps and diagnostics. */
  readonly fileName: string;
  /**
   * Identifies the file in the ids of its functions, as `fileIdOf` returns it: `{ package: 'billing', path: 'src/pay.ts' }`
   * makes `billing/src/pay.ts#refund`. Default: the result of `fileIdOf` for an absolute `fileName`. For a relative one, which
   * is not looked up anywhere, ids are only the names of functions, and no two functions of a program may have the same name.
   */
  readonly fileId?: FileId | undefined;
  /**
   * The text of the lock of the package. Default: for an absolute `fileName` and no `fileId`, the `durable.lock.json` beside the
   * `package.json`; else none.
   */
  readonly lock?: string | undefined;
  /** Marks the branches that compiled code adds, so that tools of coverage don't count them; default false. */
  readonly coverage?: boolean | undefined;
}

export type { SourceMapV3 };

export interface TransformResult {
  /**
   * The edited source, with its types. The source itself if nothing in it concerns this package. If there is an error, the
   * durable functions throw it as a `NotCompiledError`.
   */
  readonly code: string;
  /** Exact, version 3. Null if the code is unchanged. */
  readonly map: SourceMapV3 | null;
  /** The durable functions of the file, in source order. */
  readonly functions: readonly FunctionInfo[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles one file. Never throws for mistakes in the code: they are diagnostics. If one of them is an error, no function of
 * the file is compiled, and each durable function throws when it is called or started. Syntax errors are left to the host,
 * which reports them better.
 *
 * @param code TypeScript, TSX or JavaScript
 */
export const transform = (code: string, options: TransformOptions): TransformResult =>
  resultOf(compile(code, options, 'look', givenLock(options)));

/** The lock that a caller hands over, or that is on disk. Editors and linters use this, so what it doesn't know is no error. */
function givenLock({ fileName, fileId, lock }: TransformOptions): FileLock | undefined {
  if (lock !== undefined) return lockOfText(lock, true);
  if (fileId !== undefined || !isAbsolute(fileName)) return undefined;
  const place = placeOf(fileName);
  return place && lockOfFile(place, realDisk, false);
}

export const resultOf = ({ compiledIds: _, manifests: __, ...result }: Compiled): TransformResult => result;

/** More results of `compile`. */
export interface Compiled extends TransformResult {
  /** Of the functions, by their keys. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** The keys of the functions that were compiled before. */
  readonly compiledIds: ReadonlySet<string>;
}

/** Like `transform`, with more knowledge of the tools that have processed the file before. */
export function compile(
  code: string,
  options: Omit<TransformOptions, 'lock'>,
  tools: EarlierTools,
  lock?: FileLock,
): Compiled {
  if (!mayConcern(code)) return untouched(code);
  // A byte order mark is not a part of the program: with it, a hashbang would be a syntax error.
  if (code.startsWith(MARK)) {
    const result = compile(code.slice(1), options, tools, lock);
    const diagnostics = result.diagnostics.map((diagnostic) => ({
      ...diagnostic,
      start: diagnostic.start + 1,
    }));
    return { ...result, code: MARK + result.code, diagnostics };
  }
  const { fileName, fileId = isAbsolute(fileName) ? fileIdOf(fileName) : undefined } = options;
  const ts = loadSyntax();
  const sourceFile = parse(ts, fileName, code);
  if (!sourceFile || hasSyntaxErrors(sourceFile)) return untouched(code);
  const { plan, functions, diagnostics, refusal, manifests, compiledIds } = analyze(
    ts,
    sourceFile,
    fileName,
    fileId,
    tools,
    lock,
  );
  const known = { functions, manifests, compiledIds };
  const emitted = (what: Plan): Pick<TransformResult, 'code' | 'map'> =>
    what.edits.size === 0 ? { code, map: null } : emitText(ts, sourceFile, what, fileName, options.coverage);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { ...emitted(refusal(errors)), diagnostics, ...known };
  try {
    return { ...emitted(plan), diagnostics, ...known };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const deep = tooDeep(sourceFile, fileName);
    return { ...emitted(refusal([deep])), diagnostics: [...diagnostics, deep], ...known };
  }
}

const MARK = '\uFEFF';

const untouched = (code: string): Compiled => ({
  code,
  map: null,
  functions: [],
  diagnostics: [],
  manifests: new Map(),
  compiledIds: new Set(),
});

/** Undefined if the stack of the parser overflows, at some thousand levels. The host's own parser reports that as well. */
function parse(typescript: typeof ts, fileName: string, code: string): ts.SourceFile | undefined {
  try {
    return typescript.createSourceFile(fileName, code, typescript.ScriptTarget.ESNext, true);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `a?.#b` is forbidden only by TypeScript. It is valid JavaScript, and other hosts than tspc accept it. */
const PRIVATE_NAME_IN_OPTIONAL_CHAIN = 18030;

/** The tree of such a file is a guess. The host reports its errors. */
function hasSyntaxErrors(sourceFile: ts.SourceFile): boolean {
  const { parseDiagnostics } = sourceFile as { parseDiagnostics?: readonly ts.Diagnostic[] };
  return parseDiagnostics?.some(({ code }) => code !== PRIVATE_NAME_IN_OPTIONAL_CHAIN) ?? false;
}
