import type ts from 'typescript';
import type { Analysis } from '../analyze.ts';
import { mayConcern } from '../base/may-concern.ts';
import type { TypeScript } from '../base/typescript.ts';
import { graft } from '../emit/tree.ts';
import { type LockMode, writesLock } from '../lock/mode.ts';
import { lockFunctions } from '../lock/write-lock.ts';
import { ProgramAnalyses } from './program-analyses.ts';
import { toTypeScript } from './typescript-diagnostics.ts';
import { createWarnings, type Warnings } from './warnings.ts';
import { writtenAsRefused } from './written-files.ts';

/** Marks changed programs for all copies of this package. */
const INSTALLED = Symbol.for('use-durable/patched-program');

/**
 * A program, changed in place: emit gets one more `before` transformer, which comes first, and our diagnostics are among
 * those of the program.
 */
export class PatchedProgram {
  private readonly ts: TypeScript;
  private readonly program: ts.Program;
  private readonly analyses: ProgramAnalyses;
  private readonly warnings: Warnings;
  private readonly originalEmit: ProgramInternals['emit'];
  /** Files whose diagnostics were read and that were not emitted since. */
  private readonly checked = new Set<ts.SourceFile>();
  /** The file that is being emitted, while its tree is ours. */
  private grafted: ts.SourceFile | undefined;
  private readonly tooDeepFiles = new Set<ts.SourceFile>();
  /** Compiled files whose functions are to be written to the lock; undefined where it is only read. */
  private readonly toLock: Map<ts.SourceFile, Analysis> | undefined;

  constructor(
    ts: TypeScript,
    program: ts.Program,
    host: ts.CompilerHost | undefined,
    { lock, isCommandLine }: { readonly lock?: LockMode | undefined; readonly isCommandLine?: true } = {},
  ) {
    this.ts = ts;
    this.program = program;
    const isWriting = writesLock(lock);
    this.toLock = isWriting ? new Map() : undefined;
    this.analyses = new ProgramAnalyses(ts, program, host, undefined, !isWriting);
    this.warnings = createWarnings(ts, program, isCommandLine);
    this.originalEmit = (program as ProgramInternals).emit;
  }

  /** Builders that keep results compare versions of files: what a lock has of a file is part of its version. */
  private addLocksToVersions(): void {
    const { program, analyses } = this;
    for (const file of program.getSourceFiles() as readonly VersionedFile[]) {
      if (file.version === undefined || file.isDeclarationFile || !mayConcern(file.text)) continue;
      const place = analyses.placeOf(file);
      const lock = place && analyses.lockOf(place);
      if (place === undefined || lock === undefined) continue;
      const plain = plainVersions.get(file) ?? file.version;
      plainVersions.set(file, plain);
      file.version = `${plain}-${lock.digestOf(place.id.path)}`;
    }
  }

  /** Ours are among the semantic diagnostics; where the host has read those by now, each file's come when it is emitted. */
  install(): void {
    const marked = this.program as { [INSTALLED]?: true };
    // The plugin may be listed twice, and `durable build` may run a compiler that ts-patch has changed in place.
    if (marked[INSTALLED]) return;
    marked[INSTALLED] = true;
    this.addLocksToVersions();
    if (this.isRead()) this.addToEmit();
    else this.addToSemantic();
  }

  /** Whether the semantic diagnostics of a file were asked for. */
  private isRead(): boolean {
    const { program } = this;
    const { getCachedSemanticDiagnostics } = program as ProgramInternals;
    return program.getSourceFiles().some((file) => getCachedSemanticDiagnostics?.(file) !== undefined);
  }

  private addToSemantic(): void {
    const { program } = this;
    const target = program as ProgramInternals;
    const { getSemanticDiagnostics, getBindAndCheckDiagnostics } = target;
    target.getSemanticDiagnostics = (sourceFile, token) => [
      ...getSemanticDiagnostics.call(program, sourceFile, token),
      ...this.diagnosticsOf(sourceFile),
    ];
    if (getBindAndCheckDiagnostics) {
      target.getBindAndCheckDiagnostics = (sourceFile, token) => [
        ...getBindAndCheckDiagnostics.call(program, sourceFile, token),
        ...this.diagnosticsOf(sourceFile),
      ];
    }
    target.emit = (...args) => this.emit(args);
  }

  private addToEmit(): void {
    (this.program as ProgramInternals).emit = (...args) => {
      const result = this.emit(args);
      const [sourceFile, , , declarationsOnly] = args;
      // Builders emit declarations for themselves, to compare them.
      if (declarationsOnly) return result;
      return { ...result, diagnostics: [...result.diagnostics, ...this.diagnosticsOf(sourceFile)] };
    };
  }

  private diagnosticsOf(sourceFile: ts.SourceFile | undefined): readonly ts.Diagnostic[] {
    const { ts, program, analyses, checked, warnings } = this;
    return (sourceFile ? [sourceFile] : program.getSourceFiles()).flatMap((file) => {
      const analysis = analyses.of(file);
      if (!analysis) return [];
      checked.add(file);
      const all = analyses.diagnosticsOf(analysis, file);
      return warnings.take(all.map((diagnostic) => toTypeScript(ts, diagnostic, file)));
    });
  }

  /** Emits the requested files, and the other files whose errors have changed since they were written. */
  private emit(args: EmitArguments): ts.EmitResult {
    const { ts, program, analyses, checked } = this;
    const [sourceFile, writeFile, token, declarationsOnly, ...rest] = args;
    const result = this.emitCompiled(args);
    if (sourceFile === undefined || declarationsOnly) return result;
    const stale = [...checked].filter((file) => {
      const isRefused = analyses.isRefused(file);
      return (writtenAsRefused(ts, program, file) ?? isRefused) !== isRefused;
    });
    checked.clear();
    const more = stale.flatMap(
      (file) => this.emitCompiled([file, writeFile, token, declarationsOnly, ...rest]).diagnostics,
    );
    return more.length === 0 ? result : { ...result, diagnostics: [...result.diagnostics, ...more] };
  }

  /** The program's own emit, with our transformer before all others. */
  private emitCompiled(args: EmitArguments): ts.EmitResult {
    const { ts, program, analyses, tooDeepFiles } = this;
    const [sourceFile, writeFile, token, declarationsOnly, transformers, ...rest] = args;
    const ours = {
      ...transformers,
      before: [this.transformer(), ...(transformers?.before ?? [])],
    };
    for (;;) {
      this.grafted = undefined;
      this.toLock?.clear();
      try {
        const result = this.originalEmit.call(
          program,
          sourceFile,
          writeFile,
          token,
          declarationsOnly,
          ours,
          ...rest,
        );
        const late = [...tooDeepFiles].map((file) => toTypeScript(ts, analyses.tooDeep(file), file));
        tooDeepFiles.clear();
        this.writeLocks();
        return late.length === 0 ? result : { ...result, diagnostics: [...result.diagnostics, ...late] };
      } catch (error) {
        // Compiled code is nested deeper than its source, so the compiler may overflow the stack only on compiled code.
        if (!(error instanceof RangeError) || !this.grafted) throw error;
        tooDeepFiles.add(this.grafted);
      }
    }
  }

  private writeLocks(): void {
    for (const [file, analysis] of this.toLock ?? []) lockFunctions(this.analyses.placeOf(file), analysis);
    this.toLock?.clear();
  }

  private transformer(): ts.TransformerFactory<ts.SourceFile> {
    return (context) => (sourceFile) => this.transform(sourceFile, context);
  }

  private transform(sourceFile: ts.SourceFile, context: ts.TransformationContext): ts.SourceFile {
    const { ts, analyses, checked, tooDeepFiles } = this;
    this.grafted = undefined;
    const original = ts.getOriginalNode(sourceFile) as ts.SourceFile;
    checked.delete(original);
    const analysis = analyses.of(original);
    if (!analysis) return sourceFile;
    const errors = analyses.errorsOf(analysis, original);
    if (tooDeepFiles.has(original)) errors.push(analyses.tooDeep(original));
    else if (errors.length === 0) this.grafted = original;
    if (errors.length === 0) this.toLock?.set(original, analysis);
    const plan = errors.length === 0 ? analysis.plan : analysis.refusal(errors);
    return plan.edits.size === 0 ? sourceFile : graft(ts, sourceFile, plan, context);
  }
}

/** The version is a hash of the text, where a builder needs one. */
type VersionedFile = ts.SourceFile & { version?: string };
const plainVersions = new WeakMap<ts.SourceFile, string>();

/** Methods that the builder calls besides the public ones. */
interface ProgramInternals {
  getSemanticDiagnostics: ts.Program['getSemanticDiagnostics'];
  getBindAndCheckDiagnostics?: (
    sourceFile: ts.SourceFile,
    token?: ts.CancellationToken,
  ) => readonly ts.Diagnostic[];
  getCachedSemanticDiagnostics?: (sourceFile: ts.SourceFile) => readonly ts.Diagnostic[] | undefined;
  emit: (...args: EmitArguments) => ts.EmitResult;
}

type EmitArguments = [...Parameters<ts.Program['emit']>, ...unknown[]];
