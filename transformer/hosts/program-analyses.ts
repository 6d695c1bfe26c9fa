import nodePath, { dirname, relative, resolve } from 'node:path';
import type ts from 'typescript';
import { type Analysis, analyze, ProgramTypes, tooDeep } from '../analyze.ts';
import type { Diagnostic } from '../base/diagnostics.ts';
import { type Disk, type FilePlace, placeOf } from '../base/file-id.ts';
import type { FileLock } from '../base/locked.ts';
import { mayConcern } from '../base/may-concern.ts';
import { functionKey } from '../base/plan.ts';
import type { TypeScript } from '../base/typescript.ts';
import { lockOfFile } from '../lock/read-lock.ts';
import { ShapeReader } from '../shapes/read-shapes.ts';
import { type RecordedShape, recordedShapes } from '../shapes/recorded-shapes.ts';

/** Undefined for files that need no compilation. */
export type AnalysesByFile = WeakMap<ts.SourceFile, Analysis | undefined>;

/** What is used of the host of a program. */
export type Reading = Pick<ts.CompilerHost, 'readFile' | 'realpath'>;

/** The analyses of the files of a program, and all diagnostics of each file. Each is made when it is first needed. */
export class ProgramAnalyses {
  private readonly ts: TypeScript;
  private readonly program: ts.Program;
  private readonly disk: Disk;
  /** Diagnostics name files as the compiler does. */
  private readonly root: string;
  private readonly analyses: AnalysesByFile;
  private readonly diagnostics = new WeakMap<ts.SourceFile, readonly Diagnostic[]>();
  private types: ProgramTypes | undefined;
  private shapes: ShapeReader | undefined;
  private readonly isStrict: boolean;
  /** By the folders of packages. */
  private readonly locks = new Map<string, FileLock | undefined>();

  /**
   * @param analyses those that are known already; files that two programs have in common are the same objects
   * @param isStrict whether code that a lock doesn't know is an error: in builds that don't write it
   */
  constructor(
    ts: TypeScript,
    program: ts.Program,
    host: Reading | undefined,
    analyses: AnalysesByFile = new WeakMap(),
    isStrict = false,
  ) {
    this.isStrict = isStrict;
    this.ts = ts;
    this.program = program;
    this.analyses = analyses;
    const options = program.getCompilerOptions();
    this.disk = diskOf(ts, isOfOneText(options) ? undefined : host);
    const { configFilePath } = options as { configFilePath?: string };
    this.root = configFilePath === undefined ? program.getCurrentDirectory() : dirname(configFilePath);
  }

  of(sourceFile: ts.SourceFile): Analysis | undefined {
    return hasSyntaxErrors(sourceFile) ? undefined : this.evenBroken(sourceFile);
  }

  /** Also of a file with syntax errors, whose tree is a guess. */
  evenBroken(sourceFile: ts.SourceFile): Analysis | undefined {
    const { ts, analyses } = this;
    if (sourceFile.isDeclarationFile) return undefined;
    const known = analyses.get(sourceFile);
    if (known || analyses.has(sourceFile)) return known;
    let analysis: Analysis | undefined;
    if (mayConcern(sourceFile.text)) {
      setParents(ts, sourceFile);
      const place = this.placeOf(sourceFile);
      const lock = place && this.lockOf(place);
      analysis = analyze(ts, sourceFile, this.nameOf(sourceFile), place?.id, 'look', lock);
    }
    analyses.set(sourceFile, analysis);
    return analysis;
  }

  /** The package of a file; undefined if it has none. */
  placeOf({ fileName }: ts.SourceFile): FilePlace | undefined {
    return placeOf(resolve(this.program.getCurrentDirectory(), fileName), this.disk);
  }

  lockOf(place: FilePlace): FileLock | undefined {
    const { locks, disk, isStrict } = this;
    if (!locks.has(place.folder)) locks.set(place.folder, lockOfFile(place, disk, isStrict));
    return locks.get(place.folder);
  }

  /** All diagnostics of a file. Cached: they are needed before and while a file is emitted. */
  diagnosticsOf(analysis: Analysis, file: ts.SourceFile): readonly Diagnostic[] {
    const known = this.diagnostics.get(file);
    if (known) return known;
    const typed = this.typesChecked(analysis, file);
    const all = [...analysis.diagnostics.filter((guess) => !isSettled(guess, typed)), ...typed];
    this.diagnostics.set(file, all);
    return all;
  }

  errorsOf(analysis: Analysis, file: ts.SourceFile): Diagnostic[] {
    return this.diagnosticsOf(analysis, file).filter(({ severity }) => severity === 'error');
  }

  isRefused(file: ts.SourceFile): boolean {
    const analysis = this.of(file);
    return analysis !== undefined && this.errorsOf(analysis, file).length > 0;
  }

  /** The diagnostic of a file that is nested too deeply for the compiler. */
  tooDeep(file: ts.SourceFile): Diagnostic {
    return tooDeep(file, this.nameOf(file));
  }

  /** What journals of the functions of a file have, by the keys of the functions. */
  shapesOf({ inTree }: Analysis): ReadonlyMap<string, readonly RecordedShape[]> {
    const types = this.programTypes();
    this.shapes ??= new ShapeReader(types.ts, this.program);
    const shapes = this.shapes;
    return new Map(inTree.map((one) => [functionKey(one.body.durable), recordedShapes(types, one, shapes)]));
  }

  private programTypes(): ProgramTypes {
    this.types ??= new ProgramTypes(this.ts, this.program);
    return this.types;
  }

  private typesChecked(analysis: Analysis, file: ts.SourceFile): readonly Diagnostic[] {
    try {
      return analysis.checkTypes(this.programTypes());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [this.tooDeep(file)];
    }
  }

  private nameOf(sourceFile: ts.SourceFile): string {
    return relative(this.root, sourceFile.fileName).replaceAll('\\', '/');
  }
}

/** `ts.transpileModule` makes such a program. To its host every other file is there, and empty. */
const isOfOneText = (options: ts.CompilerOptions): boolean =>
  options.noResolve === true &&
  (options as { suppressOutputPathCheck?: boolean }).suppressOutputPathCheck === true;

/** The disk as the compiler sees it, which may contain files in memory. */
function diskOf(ts: TypeScript, host: Reading | undefined): Disk {
  const { readFile, realpath } = host ?? ts.sys;
  return {
    readFile: (path) => readFile.call(host ?? ts.sys, path),
    realpath: (path) => realpath?.call(host ?? ts.sys, path) ?? path,
    path: nodePath,
  };
}

/** Guesses by syntax that types have settled. */
const isSettled = ({ severity, start }: Diagnostic, typed: readonly Diagnostic[]): boolean =>
  severity === 'warning' && typed.some((other) => other.severity === 'error' && other.start === start);

/** The tree of such a file is a guess. The compiler reports the errors itself, and emits what it has read. */
function hasSyntaxErrors(sourceFile: ts.SourceFile): boolean {
  const { parseDiagnostics } = sourceFile as { parseDiagnostics?: readonly unknown[] };
  return parseDiagnostics !== undefined && parseDiagnostics.length > 0;
}

/** Parents are set when a file is bound. With `--noCheck`, or at the first diagnostics, that may not have happened yet. */
function setParents(ts: TypeScript, sourceFile: ts.SourceFile): void {
  const [first] = sourceFile.statements;
  if (!first || first.parent) return;
  // Without recursion: the tree of a long sum is as deep as the sum is long.
  const nodes: ts.Node[] = [sourceFile];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const parent = node;
    ts.forEachChild(parent, (child) => {
      (child as { parent: ts.Node }).parent = parent;
      nodes.push(child);
    });
  }
}
