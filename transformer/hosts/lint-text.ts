import type ts from 'typescript';
import type { Diagnostic } from '../base/diagnostics.ts';
import { loadTypeScript, type TypeScript } from '../base/typescript.ts';
import { transform } from '../compile.ts';
import { type Fix, fixFor } from '../editor/fixes/index.ts';
import { type AnalysesByFile, ProgramAnalyses } from './program-analyses.ts';

/** A diagnostic of a file that a linter has, and the fix for it, if there is one mechanical answer. */
export interface Finding {
  readonly diagnostic: Diagnostic;
  fix(): Fix | undefined;
}

/**
 * All diagnostics of a text, with those that need types where there is a program. What is on disk doesn't count: editors lint what
 * is not saved yet.
 *
 * @param path absolute; a text without a place has any other name
 * @throws TypeScriptMissingError if no TypeScript that it can use is installed
 */
export function lintText(text: string, path: string, program: ts.Program | undefined): readonly Finding[] {
  const ts = loadTypeScript();
  const file = program?.getSourceFile(path);
  if (program && file && file.text === text && isOf(ts, file)) return inProgram(ts, program, file);
  const { diagnostics } = transform(text, { fileName: path });
  let parsed: ts.SourceFile | undefined;
  return diagnostics.map((diagnostic) => ({
    diagnostic,
    fix: () => {
      parsed ??= ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
      return fixFor(ts, parsed, diagnostic, undefined);
    },
  }));
}

function inProgram(ts: TypeScript, program: ts.Program, file: ts.SourceFile): readonly Finding[] {
  if (programs.get(program) === undefined)
    programs.set(program, new ProgramAnalyses(ts, program, undefined, analyses));
  const known = programs.get(program);
  const analysis = known?.of(file);
  if (!known || !analysis) return [];
  const fix = (diagnostic: Diagnostic): Fix | undefined =>
    fixFor(ts, file, diagnostic, program.getTypeChecker());
  return known
    .diagnosticsOf(analysis, file)
    .map((diagnostic) => ({ diagnostic, fix: () => fix(diagnostic) }));
}

const programs = new WeakMap<ts.Program, ProgramAnalyses>();
const analyses: AnalysesByFile = new WeakMap();

/** Another version of TypeScript has other numbers for the kinds of nodes. */
const isOf = (ts: TypeScript, file: ts.SourceFile): boolean =>
  file.kind === ts.SyntaxKind.SourceFile && file.endOfFileToken.kind === ts.SyntaxKind.EndOfFileToken;
