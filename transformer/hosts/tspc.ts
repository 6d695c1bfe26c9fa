import nodePath, { dirname, relative, resolve } from 'node:path';
import type ts from 'typescript';
import { type Analysis, analyze, mayConcern, ProgramTypes, tooDeep } from '../analyze.ts';
import type { Diagnostic } from '../base/diagnostics.ts';
import { type Disk, fileIdOf } from '../base/file-id.ts';
import type { TypeScript } from '../base/typescript.ts';
import { graft } from '../emit/ast.ts';
import { createWarnings } from './warnings.ts';
import { writtenAsRefused } from './written-files.ts';

/**
 * The ts-patch host: `"plugins": [{ "transform": "use-durable/tspc", "transformProgram": true }]`.
 *
 * It returns the same Program, changed in place. Our diagnostics are added where the compiler asks for semantic ones, so
 * `--noEmit`, `--noEmitOnError`, `--watch` and incremental builds see them; emit gets one more `before` transformer.
 */
export default function transformProgram(
  program: ts.Program,
  host: ts.CompilerHost | undefined,
  _config: unknown,
  { ts }: { readonly ts: TypeScript },
): ts.Program {
  // Diagnostics name files as the compiler does.
  const { configFilePath } = program.getCompilerOptions() as { configFilePath?: string };
  const root = configFilePath === undefined ? program.getCurrentDirectory() : dirname(configFilePath);
  const nameOf = (sourceFile: ts.SourceFile): string =>
    relative(root, sourceFile.fileName).replaceAll('\\', '/');
  const disk = diskOf(ts, host);
  /** Undefined for files that hold nothing to compile. */
  const analyses = new WeakMap<ts.SourceFile, Analysis | undefined>();
  let types: ProgramTypes | undefined;
  const analysisOf = (sourceFile: ts.SourceFile): Analysis | undefined => {
    if (sourceFile.isDeclarationFile) return undefined;
    const known = analyses.get(sourceFile);
    if (known || analyses.has(sourceFile)) return known;
    let analysis: Analysis | undefined;
    if (mayConcern(sourceFile.text) && !hasSyntaxErrors(sourceFile)) {
      setParents(ts, sourceFile);
      const fileId = fileIdOf(resolve(program.getCurrentDirectory(), sourceFile.fileName), disk);
      analysis = analyze(ts, sourceFile, nameOf(sourceFile), fileId);
    }
    analyses.set(sourceFile, analysis);
    return analysis;
  };
  const typesChecked = (analysis: Analysis, file: ts.SourceFile): readonly Diagnostic[] => {
    types ??= new ProgramTypes(ts, program);
    try {
      return analysis.checkTypes(types);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [tooDeep(file, nameOf(file))];
    }
  };
  const found = new WeakMap<ts.SourceFile, readonly Diagnostic[]>();
  /** All that there is to say about a file, found once: it is asked for before a file is emitted, and as it is. */
  const allOf = (analysis: Analysis, file: ts.SourceFile): readonly Diagnostic[] => {
    const known = found.get(file);
    if (known) return known;
    const typed = typesChecked(analysis, file);
    const all = [...analysis.diagnostics.filter((guess) => !isSettled(guess, typed)), ...typed];
    found.set(file, all);
    return all;
  };

  const isRefused = (file: ts.SourceFile): boolean => {
    const analysis = analysisOf(file);
    return analysis !== undefined && allOf(analysis, file).some(({ severity }) => severity === 'error');
  };

  const warnings = createWarnings(ts, program);
  /** Files that were asked about and not emitted since. */
  const checked = new Set<ts.SourceFile>();
  const diagnosticsOf = (sourceFile: ts.SourceFile | undefined): readonly ts.Diagnostic[] =>
    (sourceFile ? [sourceFile] : program.getSourceFiles()).flatMap((file) => {
      const analysis = analysisOf(file);
      if (!analysis) return [];
      checked.add(file);
      return warnings.take(allOf(analysis, file).map((diagnostic) => toTypeScript(ts, diagnostic, file)));
    });

  const target = program as ProgramInternals;
  const { getSemanticDiagnostics, getBindAndCheckDiagnostics, emit } = target;
  target.getSemanticDiagnostics = (sourceFile, token) => [
    ...getSemanticDiagnostics.call(program, sourceFile, token),
    ...diagnosticsOf(sourceFile),
  ];
  if (getBindAndCheckDiagnostics) {
    target.getBindAndCheckDiagnostics = (sourceFile, token) => [
      ...getBindAndCheckDiagnostics.call(program, sourceFile, token),
      ...diagnosticsOf(sourceFile),
    ];
  }

  /** The file that is emitted, while its tree is ours. */
  let grafted: ts.SourceFile | undefined;
  const tooDeepFiles = new Set<ts.SourceFile>();
  const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => (sourceFile) => {
    grafted = undefined;
    const original = ts.getOriginalNode(sourceFile) as ts.SourceFile;
    checked.delete(original);
    const analysis = analysisOf(original);
    if (!analysis) return sourceFile;
    const errors = allOf(analysis, original).filter(({ severity }) => severity === 'error');
    if (tooDeepFiles.has(original)) errors.push(tooDeep(original, nameOf(original)));
    else if (errors.length === 0) grafted = original;
    const plan = errors.length === 0 ? analysis.plan : analysis.refusal(errors);
    return plan.edits.size === 0 ? sourceFile : graft(ts, sourceFile, plan, context);
  };
  target.emit = (sourceFile, writeFile, token, declarationsOnly, transformers, ...rest) => {
    const emitOne = (file: ts.SourceFile | undefined): ts.EmitResult =>
      emitOurs(file, writeFile, token, declarationsOnly, transformers, ...rest);
    const result = emitOne(sourceFile);
    if (sourceFile === undefined || declarationsOnly) return result;
    const stale = [...checked].filter(
      (file) => (writtenAsRefused(ts, program, file) ?? isRefused(file)) !== isRefused(file),
    );
    checked.clear();
    const more = stale.flatMap((file) => emitOne(file).diagnostics);
    return more.length === 0 ? result : { ...result, diagnostics: [...result.diagnostics, ...more] };
  };
  const emitOurs: ProgramInternals['emit'] = (
    sourceFile,
    writeFile,
    token,
    declarationsOnly,
    transformers,
    ...rest
  ) => {
    const ours = { ...transformers, before: [transformer, ...(transformers?.before ?? [])] };
    for (;;) {
      grafted = undefined;
      try {
        const result = emit.call(program, sourceFile, writeFile, token, declarationsOnly, ours, ...rest);
        const late = [...tooDeepFiles].map((file) => toTypeScript(ts, tooDeep(file, nameOf(file)), file));
        tooDeepFiles.clear();
        return late.length === 0 ? result : { ...result, diagnostics: [...result.diagnostics, ...late] };
      } catch (error) {
        // Compiled code is nested deeper than its source: the compiler may run out of stack on it, and not on the source.
        if (!(error instanceof RangeError) || !grafted) throw error;
        tooDeepFiles.add(grafted);
      }
    }
  };
  return program;
}

/** The disk as the compiler sees it, which may have files in memory. */
function diskOf(ts: TypeScript, host: ts.CompilerHost | undefined): Disk {
  const { readFile, realpath } = host ?? ts.sys;
  return {
    readFile: (path) => readFile.call(host ?? ts.sys, path),
    realpath: (path) => realpath?.call(host ?? ts.sys, path) ?? path,
    path: nodePath,
  };
}

/** What syntax guesses where types are sure. */
const isSettled = ({ severity, start }: Diagnostic, typed: readonly Diagnostic[]): boolean =>
  severity === 'warning' && typed.some((other) => other.severity === 'error' && other.start === start);

/** What the builder calls besides the public methods. */
interface ProgramInternals {
  getSemanticDiagnostics: ts.Program['getSemanticDiagnostics'];
  getBindAndCheckDiagnostics?: (
    sourceFile: ts.SourceFile,
    token?: ts.CancellationToken,
  ) => readonly ts.Diagnostic[];
  emit: (...args: [...Parameters<ts.Program['emit']>, ...unknown[]]) => ts.EmitResult;
}

/** What the compiler makes of such a file is a guess: it reports the errors itself, and emits what it read. */
function hasSyntaxErrors(sourceFile: ts.SourceFile): boolean {
  const { parseDiagnostics } = sourceFile as { parseDiagnostics?: readonly unknown[] };
  return parseDiagnostics !== undefined && parseDiagnostics.length > 0;
}

/** Parents are set when a file is bound, which `--noCheck` and the first diagnostics may come before. */
function setParents(ts: TypeScript, sourceFile: ts.SourceFile): void {
  const [first] = sourceFile.statements;
  if (!first || first.parent) return;
  // Without recursion: a long sum is as deep as it is long.
  const nodes: ts.Node[] = [sourceFile];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const parent = node;
    ts.forEachChild(parent, (child) => {
      (child as { parent: ts.Node }).parent = parent;
      nodes.push(child);
    });
  }
}

/** Codes are shown as `TS` and a number: `UD1001` becomes `TS991001`, and the text starts with our own code. */
function toTypeScript(ts: TypeScript, diagnostic: Diagnostic, file: ts.SourceFile): ts.Diagnostic {
  const category = {
    error: ts.DiagnosticCategory.Error,
    warning: ts.DiagnosticCategory.Warning,
    info: ts.DiagnosticCategory.Message,
  }[diagnostic.severity];
  return {
    file,
    start: diagnostic.start,
    length: diagnostic.length,
    category,
    code: 990_000 + Number(diagnostic.code.slice(2)),
    source: 'use-durable',
    messageText: `${diagnostic.code}: ${diagnostic.message} ${diagnostic.hint}`,
  };
}
