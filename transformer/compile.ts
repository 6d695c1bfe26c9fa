import { isAbsolute } from 'node:path';
import type ts from 'typescript';
import { analyze, mayConcern, tooDeep } from './analyze.ts';
import type { Diagnostic } from './base/diagnostics.ts';
import { type FileId, fileIdOf } from './base/file-id.ts';
import type { FunctionInfo, Plan } from './base/plan.ts';
import { loadTypeScript } from './base/typescript.ts';
import { emitText } from './emit/text.ts';
import type { EarlierTools } from './file/file-context.ts';

export interface TransformOptions {
  /** Decides the language by its extension, and appears in maps and diagnostics. */
  readonly fileName: string;
  /**
   * What goes into the ids of its functions, as `fileIdOf` gives it: `{ package: 'billing', path: 'src/pay.ts' }` makes
   * `billing/src/pay.ts#refund`. Default: what `fileIdOf` says of an absolute `fileName`; with another one, which is looked for
   * nowhere, ids are the names of functions alone, and no two functions of a program may have one name.
   */
  readonly fileId?: FileId | undefined;
}

/** Its lists can be written, since those of Rollup's and Vite's plugins can. */
export interface SourceMapV3 {
  readonly version: number;
  readonly file?: string | undefined;
  readonly sources: string[];
  readonly sourcesContent?: (string | null)[] | undefined;
  readonly names: string[];
  readonly mappings: string;
}

export interface TransformResult {
  /**
   * The edited source, types still in it. The source itself if there is nothing in it that concerns this package. Where there is an error, its
   * durable functions throw that as a `NotCompiledError`.
   */
  readonly code: string;
  /** Exact, version 3; null where the code is unchanged. */
  readonly map: SourceMapV3 | null;
  /** The durable functions of the file, in source order. */
  readonly functions: readonly FunctionInfo[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles one file. Never throws for what a user may write: mistakes are diagnostics. Where one of them is an error no
 * function of the file is compiled, and each that should be throws when it is called or started. Syntax errors are left
 * to the host, which reports them better.
 *
 * @param code TypeScript, TSX or JavaScript
 */
export const transform = (code: string, options: TransformOptions): TransformResult =>
  resultOf(compile(code, options, 'look'));

export const resultOf = ({ compiledIds: _, ...result }: Compiled): TransformResult => result;

/** What `compile` finds out besides. */
export interface Compiled extends TransformResult {
  /** The ids of the functions that were compiled before. */
  readonly compiledIds: ReadonlySet<string>;
}

/** As `transform`, where more may be known of the tools that have had the file before. */
export function compile(code: string, options: TransformOptions, tools: EarlierTools): Compiled {
  if (!mayConcern(code)) return untouched(code);
  // A byte order mark is no part of the program: with it, a hashbang would be a syntax error.
  if (code.startsWith(MARK)) {
    const result = compile(code.slice(1), options, tools);
    const diagnostics = result.diagnostics.map((diagnostic) => ({
      ...diagnostic,
      start: diagnostic.start + 1,
    }));
    return { ...result, code: MARK + result.code, diagnostics };
  }
  const { fileName, fileId = isAbsolute(fileName) ? fileIdOf(fileName) : undefined } = options;
  const ts = loadTypeScript();
  const sourceFile = parse(ts, fileName, code);
  if (!sourceFile || hasSyntaxErrors(sourceFile)) return untouched(code);
  const { plan, functions, diagnostics, refusal, compiledIds } = analyze(
    ts,
    sourceFile,
    fileName,
    fileId,
    tools,
  );
  const emitted = (what: Plan): Pick<TransformResult, 'code' | 'map'> =>
    what.edits.size === 0 ? { code, map: null } : emitText(ts, sourceFile, what, fileName);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { ...emitted(refusal(errors)), functions, diagnostics, compiledIds };
  try {
    return { ...emitted(plan), functions, diagnostics, compiledIds };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const deep = tooDeep(sourceFile, fileName);
    return { ...emitted(refusal([deep])), functions, diagnostics: [...diagnostics, deep], compiledIds };
  }
}

const MARK = '\uFEFF';

const untouched = (code: string): Compiled => ({
  code,
  map: null,
  functions: [],
  diagnostics: [],
  compiledIds: new Set(),
});

/** Undefined where the parser runs out of stack, some thousand levels deep: the host's own parser says so as well. */
function parse(typescript: typeof ts, fileName: string, code: string): ts.SourceFile | undefined {
  try {
    return typescript.createSourceFile(fileName, code, typescript.ScriptTarget.ESNext, true);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What TypeScript alone forbids, `a?.#b`, is JavaScript all the same, and other hosts than tspc take it. */
const PRIVATE_NAME_IN_OPTIONAL_CHAIN = 18030;

/** What is read of such a file is a guess; the host reports its errors. */
function hasSyntaxErrors(sourceFile: ts.SourceFile): boolean {
  const { parseDiagnostics } = sourceFile as { parseDiagnostics?: readonly ts.Diagnostic[] };
  return parseDiagnostics?.some(({ code }) => code !== PRIVATE_NAME_IN_OPTIONAL_CHAIN) ?? false;
}
