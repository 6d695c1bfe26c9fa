import { dirname, relative } from 'node:path';
import type ts from 'typescript';
import { type Analysis, analyze, mayHoldDirective, ProgramTypes } from '../analyze/index.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { graft } from '../emit/ast.ts';
import type { TypeScript } from '../typescript.ts';
import { createWarnings } from './warnings.ts';

/**
 * The ts-patch host: `"plugins": [{ "transform": "use-durable/tspc", "transformProgram": true }]`.
 *
 * It returns the same Program, changed in place. Our diagnostics are added where the compiler asks for semantic ones, so
 * `--noEmit`, `--noEmitOnError`, `--watch` and incremental builds see them; emit gets one more `before` transformer.
 */
export default function transformProgram(
  program: ts.Program,
  _host: ts.CompilerHost | undefined,
  _config: unknown,
  { ts }: { readonly ts: TypeScript },
): ts.Program {
  // Tables must not depend on the folder that the compiler is called in.
  const { configFilePath } = program.getCompilerOptions() as { configFilePath?: string };
  const root = configFilePath === undefined ? program.getCurrentDirectory() : dirname(configFilePath);
  const analyses = new WeakMap<ts.SourceFile, Analysis>();
  let types: ProgramTypes | undefined;
  const analysisOf = (sourceFile: ts.SourceFile): Analysis | undefined => {
    if (sourceFile.isDeclarationFile || !mayHoldDirective(sourceFile.text)) return undefined;
    const known = analyses.get(sourceFile);
    if (known) return known;
    setParents(ts, sourceFile);
    const fileName = relative(root, sourceFile.fileName).replaceAll('\\', '/');
    const analysis = analyze(ts, sourceFile, fileName);
    analyses.set(sourceFile, analysis);
    return analysis;
  };

  const warnings = createWarnings(ts, program);
  const diagnosticsOf = (sourceFile: ts.SourceFile | undefined): readonly ts.Diagnostic[] =>
    (sourceFile ? [sourceFile] : program.getSourceFiles()).flatMap((file) => {
      const analysis = analysisOf(file);
      if (!analysis) return [];
      types ??= new ProgramTypes(ts, program);
      const found = [...analysis.diagnostics, ...analysis.checkTypes(types)];
      return warnings.take(found.map((diagnostic) => toTypeScript(ts, diagnostic, file)));
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

  const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => (sourceFile) => {
    const analysis = analysisOf(ts.getOriginalNode(sourceFile) as ts.SourceFile);
    if (!analysis || analysis.functions.length === 0) return sourceFile;
    // With an error the file is emitted as it is: its functions stay uncompiled and say so when they are started.
    if (analysis.diagnostics.some(({ severity }) => severity === 'error')) return sourceFile;
    return graft(ts, sourceFile, analysis.plan, context);
  };
  target.emit = (sourceFile, writeFile, token, declarationsOnly, transformers, ...rest) =>
    emit.call(
      program,
      sourceFile,
      writeFile,
      token,
      declarationsOnly,
      { ...transformers, before: [transformer, ...(transformers?.before ?? [])] },
      ...rest,
    );
  return program;
}

/** What the builder calls besides the public methods. */
interface ProgramInternals {
  getSemanticDiagnostics: ts.Program['getSemanticDiagnostics'];
  getBindAndCheckDiagnostics?: (
    sourceFile: ts.SourceFile,
    token?: ts.CancellationToken,
  ) => readonly ts.Diagnostic[];
  emit: (...args: [...Parameters<ts.Program['emit']>, ...unknown[]]) => ts.EmitResult;
}

/** Parents are set when a file is bound, which `--noCheck` and the first diagnostics may come before. */
function setParents(ts: TypeScript, sourceFile: ts.SourceFile): void {
  const [first] = sourceFile.statements;
  if (!first || first.parent) return;
  const visit = (node: ts.Node): void =>
    ts.forEachChild(node, (child) => {
      (child as { parent: ts.Node }).parent = node;
      visit(child);
    });
  visit(sourceFile);
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
