import ts from 'typescript';
import { analyze, mayHoldDirective, tooDeep } from './analyze/index.ts';
import type { Diagnostic } from './diagnostics.ts';
import { emitText } from './emit/text.ts';
import type { FunctionInfo } from './plan.ts';

export { type Diagnostic, formatDiagnostic, type Severity } from './diagnostics.ts';
export type { FunctionInfo, Site, SiteKind } from './plan.ts';

export interface TransformOptions {
  /** Decides the language by its extension, and appears in tables, maps and diagnostics. */
  readonly fileName: string;
}

export interface SourceMapV3 {
  readonly version: number;
  readonly file?: string | undefined;
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[] | undefined;
  readonly names: readonly string[];
  readonly mappings: string;
}

export interface TransformResult {
  /** The edited source, types still in it. The source itself if there is nothing durable in it, or on an error. */
  readonly code: string;
  /** Exact, version 3; null where the code is unchanged. */
  readonly map: SourceMapV3 | null;
  /** The durable functions of the file, in source order. */
  readonly functions: readonly FunctionInfo[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles one file. Never throws for what a user may write: mistakes are diagnostics. Where one of them is an error the
 * code comes back unchanged. Syntax errors are left to the host, which reports them better.
 *
 * @param code TypeScript, TSX or JavaScript
 */
export function transform(code: string, { fileName }: TransformOptions): TransformResult {
  if (!mayHoldDirective(code)) return { code, map: null, functions: [], diagnostics: [] };
  // A byte order mark is no part of the program: with it, a hashbang would be a syntax error.
  if (code.startsWith(MARK)) {
    const result = transform(code.slice(1), { fileName });
    const diagnostics = result.diagnostics.map((diagnostic) => ({
      ...diagnostic,
      start: diagnostic.start + 1,
    }));
    return { ...result, code: MARK + result.code, diagnostics };
  }
  const sourceFile = parse(fileName, code);
  if (!sourceFile) return { code, map: null, functions: [], diagnostics: [] };
  if (hasSyntaxErrors(sourceFile)) return { code, map: null, functions: [], diagnostics: [] };
  const { plan, functions, diagnostics } = analyze(ts, sourceFile, fileName);
  if (functions.length === 0 || diagnostics.some(({ severity }) => severity === 'error')) {
    return { code, map: null, functions, diagnostics };
  }
  try {
    const emitted = emitText(ts, sourceFile, plan, fileName);
    return { code: emitted.code, map: emitted.map, functions, diagnostics };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { code, map: null, functions, diagnostics: [...diagnostics, tooDeep(sourceFile, fileName)] };
  }
}

const MARK = '\uFEFF';

/** Undefined where the parser runs out of stack, some thousand levels deep: the host's own parser says so as well. */
function parse(fileName: string, code: string): ts.SourceFile | undefined {
  try {
    return ts.createSourceFile(fileName, code, ts.ScriptTarget.ESNext, true);
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
