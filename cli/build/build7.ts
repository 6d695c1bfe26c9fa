/**
 * A build by TypeScript 7.1, which takes no plugins. Two states of a project are open at once: the one on disk, for diagnostics
 * and declarations, and one in which files have their compiled texts, for the JavaScript.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type ts from 'typescript';
import { programOf7 } from '../../transformer/base/typescript7-program.ts';
import type { SourceMapV3 } from '../../transformer/compile.ts';
import { emitText } from '../../transformer/emit/text.ts';
import { ProgramAnalyses } from '../../transformer/hosts/program-analyses.ts';
import type { Diagnostic } from '../../transformer/index.ts';
import { writesLock } from '../../transformer/lock/mode.ts';
import { lockFunctions } from '../../transformer/lock/write-lock.ts';
import { type Emitted, type Fault, type Remote, shown } from '../compile/api7.ts';
import type { Compiler7 } from '../compile/compiler7.ts';
import { readText } from '../project/files.ts';
import { lockModeIn } from './lock-mode.ts';
import { withSourceMap } from './maps.ts';

/** @returns all diagnostics, those of TypeScript and ours. Files are absolute */
export function buildWith7(compiler: Compiler7, file: string): readonly Diagnostic[] {
  const done = new Set<string>();
  const found: Diagnostic[] = [];
  const build = (one: string): void => {
    if (done.has(one)) return;
    done.add(one);
    const parsed = compiler.parse(one);
    if (parsed === undefined) return;
    for (const reference of parsed.referred) build(reference);
    found.push(...parsed.errors);
    const others = new Set(
      parsed.referred.flatMap((reference) => compiler.parse(reference)?.fileNames ?? []),
    );
    // A configuration that only refers to others has nothing to build.
    if (parsed.fileNames.length > 0) found.push(...new Build(compiler, one, others).run(found));
  };
  build(file);
  return found;
}

/** Declarations aren't emitted. */
const DECLARATION = /\.d\.([^./]+\.)?[cm]?ts$/;

interface CompiledSource {
  readonly source: string;
  readonly code: string;
  readonly map: SourceMapV3 | null;
}

class Build {
  private readonly compiler: Compiler7;
  private readonly file: string;
  private readonly program: Remote;
  private readonly analyses: ProgramAnalyses;
  private readonly files: readonly string[];
  /** Whether the lock is written. */
  private readonly isWriting: boolean;

  /** @param others files that belong to projects that this one refers to */
  constructor(compiler: Compiler7, file: string, others: ReadonlySet<string>) {
    this.compiler = compiler;
    this.file = file;
    const program = compiler.openProject(file);
    this.program = program;
    this.isWriting = writesLock(lockModeIn(file));
    const { ts, reading } = compiler;
    this.analyses = new ProgramAnalyses(ts, programOf7(program), reading, undefined, !this.isWriting);
    this.files = program.getSourceFileNames().filter((name) => {
      if (DECLARATION.test(name) || others.has(name)) return false;
      const source = program.getSourceFile(name);
      return source !== undefined && !program.isSourceFileFromExternalLibrary(source);
    });
  }

  /** @param earlier what was found in the projects that this one refers to */
  run(earlier: readonly Diagnostic[]): readonly Diagnostic[] {
    const compiled = new Map<string, CompiledSource>();
    const found = this.faults().map((fault) => shown(fault, this.file));
    if (this.program.getCompilerOptions().incremental) found.push(this.notIncremental());
    for (const name of this.files) {
      const source = this.program.getSourceFile(name);
      const analysis = source && this.analyses.of(source);
      if (source === undefined || analysis === undefined) continue;
      const ours = this.analyses.diagnosticsOf(analysis, source);
      found.push(...ours.map((one) => ({ ...one, fileName: name })));
      const emitted = this.compiled(source);
      if (emitted !== undefined) compiled.set(name, emitted);
    }
    const { noEmit, noEmitOnError, emitDeclarationOnly, declaration, composite } =
      this.program.getCompilerOptions();
    const isRefused =
      noEmitOnError === true && [...earlier, ...found].some(({ severity }) => severity === 'error');
    if (noEmit || isRefused) return found;
    if (!emitDeclarationOnly) found.push(...this.writeCode(compiled));
    if (!emitDeclarationOnly && this.isWriting) this.writeLocks();
    if (declaration || composite) found.push(...this.write(this.program.getDeclarationEmit(this.files)));
    return found;
  }

  private notIncremental(): Diagnostic {
    const { file, compiler } = this;
    const text = readText(file) ?? '';
    const start = Math.max(text.indexOf('"incremental"'), 0);
    const before = text.slice(0, start).split('\n');
    const { version } = compiler.typescript;
    return {
      code: 'incremental',
      severity: 'warning',
      message:
        `TypeScript ${version} writes .tsbuildinfo only for code that it emits from the files on disk, which would be plain code ` +
        'for durable functions. So the whole project is compiled each time, and no .tsbuildinfo is written.',
      hint: '',
      help: '',
      fileName: file,
      start,
      length: '"incremental"'.length,
      line: before.length,
      column: before.at(-1)!.length + 1,
    };
  }

  /** In the order of the compiler's own command line: what comes later makes no sense where there is something before. */
  private faults(): readonly Fault[] {
    const { program } = this;
    const first = [...program.getProgramDiagnostics(), ...program.getSyntacticDiagnostics()];
    if (first.length > 0) return first;
    const { declaration, composite } = program.getCompilerOptions();
    return [
      ...program.getGlobalDiagnostics(),
      ...program.getSemanticDiagnostics(),
      ...(declaration || composite ? program.getDeclarationDiagnostics() : []),
    ];
  }

  /** The text with its edits; undefined if there are none. */
  private compiled(file: ts.SourceFile): CompiledSource | undefined {
    const { analyses } = this;
    const { ts } = this.compiler;
    const analysis = analyses.of(file)!;
    const errors = analyses.errorsOf(analysis, file);
    const emit = (plan: typeof analysis.plan): CompiledSource | undefined =>
      plan.edits.size === 0 ? undefined : { source: file.text, ...emitText(ts, file, plan, file.fileName) };
    if (errors.length > 0) return emit(analysis.refusal(errors));
    try {
      return emit(analysis.plan);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return emit(analysis.refusal([analyses.tooDeep(file)]));
    }
  }

  private writeCode(compiled: ReadonlyMap<string, CompiledSource>): readonly Diagnostic[] {
    const texts = [...compiled].map(([name, { code }]) => [name, code] as const);
    const program =
      texts.length === 0 ? this.program : this.compiler.openProject(this.file, this.compiler.layer(texts));
    return this.write(program.getJavaScriptEmit(this.files), compiled);
  }

  private writeLocks(): void {
    for (const name of this.files) {
      const file = this.program.getSourceFile(name);
      const analysis = file && this.analyses.of(file);
      if (file && analysis && !this.analyses.isRefused(file))
        lockFunctions(this.analyses.placeOf(file), analysis);
    }
  }

  private write(
    { outputFiles, diagnostics }: Emitted,
    compiled: ReadonlyMap<string, CompiledSource> = new Map(),
  ): readonly Diagnostic[] {
    for (const [path, { text, sourceFileName }] of outputFiles) {
      const from = sourceFileName === undefined ? undefined : compiled.get(sourceFileName);
      const output = from?.map ? withSourceMap(path, text, from.map, from.source) : text;
      // A watch would see its own outputs as changes.
      if (readText(path) === output) continue;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, output);
    }
    return diagnostics.map((fault) => shown(fault, this.file));
  }
}
