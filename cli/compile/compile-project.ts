/**
 * The durable functions of a whole project as the compiler sees them, with types, and without writing anything:
 *
 *     const { functions, diagnostics } = compileProject({ root: '/home/me/shop' });
 *     const before = compileProject({ root: '/home/me/shop', texts: textsOfRevision });
 *
 * `ProjectCompiler` does the same again and again, and keeps what didn't change.
 */
import { realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import type { Analysis } from '../../transformer/analyze.ts';
import { mayConcern, mayHoldDirective } from '../../transformer/base/may-concern.ts';
import { functionKey, type Manifest } from '../../transformer/base/plan.ts';
import { type AnalysesByFile, ProgramAnalyses } from '../../transformer/hosts/program-analyses.ts';
import type { Diagnostic } from '../../transformer/index.ts';
import type { RecordedShape } from '../../transformer/shapes/recorded-shapes.ts';
import { chooseCompiler } from './choose-compiler.ts';
import type { Compiler, Configuration, TypeScriptName } from './compiler.ts';
import { configurationsFor } from './configurations.ts';
import { absolute, type ProjectFiles, projectFiles, type Texts } from './project-files.ts';
import type { SourceFiles } from './source-files.ts';

export interface CompileOptions {
  /** The folder of the project, absolute. Diagnostics and functions name files relative to it. */
  readonly root: string;
  /** Only these, absolute or relative to the root; default: all sources of the project. */
  readonly files?: readonly string[];
  /** Texts in the place of those on disk, of a revision perhaps. */
  readonly texts?: Texts;
  /** Code that a lock doesn't know is no error: the lock is written anew. */
  readonly isLocking?: boolean;
  /** What journals have is read from the types, too, or in the place of diagnostics. */
  readonly shapes?: 'too' | 'alone';
  /** Another compilation of the project: files that are the same are read once. */
  readonly beside?: SourceFiles;
}

export interface CompiledProject {
  /** The files with durable functions, in order. */
  readonly files: readonly string[];
  /** In the order of files and lines. A file with errors has its functions as well. */
  readonly functions: readonly CompiledFunction[];
  /** In the order of files and places. Syntax errors of files with durable functions, and of configurations, are among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** Files whose types have errors, so that checks may miss something there; `tsc` says which. */
  readonly mistyped: readonly string[];
  /** The version that has read the project. */
  readonly typescript: TypeScriptName;
  /** The text that was compiled; undefined if there is no such file. */
  readFile(file: string): string | undefined;
}

/** One durable function: its id, where it is, its version and its sites. */
export interface CompiledFunction extends Manifest {
  readonly id: string;
  /** The number of its version, where its directive has one. */
  readonly number: number | undefined;
  /** Its names in its file. */
  readonly name: string;
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  /** What its journals have, as far as types show; none where that wasn't asked for. */
  readonly shapes: readonly RecordedShape[];
}

/**
 * Compiles a project once.
 *
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export function compileProject(options: CompileOptions): CompiledProject {
  const compiler = new ProjectCompiler(options);
  try {
    return compiler.compile();
  } finally {
    compiler.close();
  }
}

const SOURCE = /\.[cm]?[jt]sx?$/;
const DECLARATION = /\.d\.[cm]?ts$/;

/** Compiles a project again and again; files that are the same are read, and analyzed, once. */
export class ProjectCompiler {
  private readonly root: string;
  private readonly named: readonly string[] | undefined;
  private readonly files: ProjectFiles;
  private readonly compiler: Compiler;
  private analyses: AnalysesByFile = new WeakMap();
  private readonly isLocking: boolean;
  private readonly shapes: CompileOptions['shapes'];
  private packages = '';

  /** @throws TypeScriptMissingError if no TypeScript is there that it can use */
  constructor({ root, files, texts, isLocking = false, shapes, beside }: CompileOptions) {
    this.isLocking = isLocking;
    this.shapes = shapes;
    this.root = realpathSync(root);
    this.named = files;
    this.files = projectFiles(this.root, texts);
    this.compiler = chooseCompiler(this.root, this.files, beside);
  }

  compile(): CompiledProject {
    const { root, files, compiler } = this;
    this.forgetRenamed();
    compiler.begin();
    const configurations = configurationsFor(compiler, root, files, this.sources());
    const parts = configurations.map((configuration) => this.compilePart(configuration));
    compiler.keep(configurations);
    return {
      files: [...new Set(parts.flatMap((part) => part.files))].sort(),
      functions: parts.flatMap((part) => part.functions).sort(byPlace),
      diagnostics: distinct(parts.flatMap((part) => part.diagnostics)).sort(byStart),
      mistyped: parts.flatMap((part) => part.mistyped).sort(),
      typescript: compiler.typescript,
      readFile: (file) => files.read(absolute(root, file)),
    };
  }

  /** The folders of all that was read for the last result, absolute. */
  folders(): readonly string[] {
    return this.compiler.folders();
  }

  close(): void {
    this.compiler.close();
  }

  /** The files that may have durable functions. */
  private sources(): readonly string[] {
    const { root, named, files } = this;
    const all = named?.map((file) => (isAbsolute(file) ? relative(root, file) : file)) ?? files.list();
    return all.flatMap((file) => {
      if (!SOURCE.test(file) || DECLARATION.test(file)) return [];
      const path = absolute(root, file);
      return mayConcern(files.read(path) ?? '') ? [path] : [];
    });
  }

  /** The ids of functions contain names of packages, and those of sites come from locks. */
  private forgetRenamed(): void {
    const { root, files } = this;
    const manifests = files.list().filter((file) => /(^|\/)(package|durable\.lock)\.json$/.test(file));
    const packages = JSON.stringify(manifests.map((file) => [file, files.read(absolute(root, file))]));
    if (packages !== this.packages) this.analyses = new WeakMap();
    this.packages = packages;
  }

  private compilePart(configuration: Configuration): Omit<CompiledProject, 'typescript' | 'readFile'> {
    const opened = this.compiler.open(configuration);
    const analyses = new ProgramAnalyses(
      this.compiler.ts,
      opened.program,
      opened.host,
      this.analyses,
      !this.isLocking,
    );
    const part = {
      files: [] as string[],
      functions: [] as CompiledFunction[],
      diagnostics: configuration.errors.map((fault) => this.fromRoot(fault)),
      mistyped: [] as string[],
    };
    for (const source of configuration.sources) {
      const file = opened.program.getSourceFile(source);
      if (file === undefined) continue;
      const name = this.nameOf(source);
      const broken = mayHoldDirective(file.text) ? opened.syntaxErrorsOf(file) : [];
      part.diagnostics.push(...broken.map((fault) => this.fromRoot(fault)));
      const analysis = analyses.of(file);
      if (broken.length === 0 && !isDurable(analysis)) continue;
      part.files.push(name);
      if (analysis === undefined) continue;
      const shapes = this.shapes !== undefined ? analyses.shapesOf(analysis) : undefined;
      for (const { body } of analysis.inTree) {
        const { durable } = body;
        const key = functionKey(durable);
        const manifest = analysis.manifests.get(key);
        if (manifest === undefined) continue;
        const { id, number, path } = durable;
        part.functions.push({
          id,
          number,
          name: path,
          file: name,
          ...manifest,
          shapes: shapes?.get(key) ?? [],
        });
      }
      if (this.shapes === 'alone') continue;
      const ours = analyses.diagnosticsOf(analysis, file);
      part.diagnostics.push(...ours.map((diagnostic) => ({ ...diagnostic, fileName: name })));
      // Without a configuration, what is missing may be an option.
      if (configuration.file !== undefined && opened.hasTypeErrors(file)) part.mistyped.push(name);
    }
    return part;
  }

  /** With the name of its file from the root. */
  private fromRoot(fault: Diagnostic): Diagnostic {
    return { ...fault, fileName: this.nameOf(fault.fileName) };
  }

  private nameOf(path: string): string {
    return relative(this.root, path).replaceAll('\\', '/');
  }
}

/** Other texts may be taken for directives, and compiled code has them too. */
const isDurable = (analysis: Analysis | undefined): boolean =>
  analysis !== undefined && (analysis.functions.length > 0 || analysis.diagnostics.length > 0);

/** Two programs may have one configuration. */
const distinct = (diagnostics: readonly Diagnostic[]): Diagnostic[] => [
  ...new Map(diagnostics.map((one) => [`${one.fileName}:${one.start}:${one.code}`, one])).values(),
];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byPlace = (a: CompiledFunction, b: CompiledFunction): number =>
  compare(a.file, b.file) || a.line - b.line || a.column - b.column;
const byStart = (a: Diagnostic, b: Diagnostic): number =>
  compare(a.fileName, b.fileName) || a.start - b.start;
