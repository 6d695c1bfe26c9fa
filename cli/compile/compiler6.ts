import { dirname } from 'node:path';
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import {
  type Compiler,
  type Configuration,
  isFault,
  type OpenedProgram,
  ownFolders,
  type ParsedConfiguration,
  type TypeScriptName,
} from './compiler.ts';
import { ofTypeScript } from './diagnostics.ts';
import type { ProjectFiles } from './project-files.ts';
import { SharedTrees, type SourceFiles } from './source-files.ts';
import { systemOf } from './system6.ts';

/** A setting of hosts that editors use: imports of a project that is referred to lead to its sources, built or not. */
interface HostOfEditors extends ts.CompilerHost {
  useSourceOfProjectReferenceRedirect?(): boolean;
}

/** TypeScript 6. A new program takes over what the one before has of files that are the same. */
export class Compiler6 implements Compiler {
  readonly ts: TypeScript;
  readonly typescript: TypeScriptName;
  readonly guessed: ts.CompilerOptions;
  private readonly system: ts.System;
  private readonly known = new Map<string, ts.Program>();
  private readonly files: SourceFiles;
  private readonly readAlike: (options: ts.CompilerOptions) => string;

  constructor(
    ts: TypeScript,
    name: TypeScriptName['name'],
    files: ProjectFiles,
    known: SourceFiles = new Map(),
  ) {
    this.files = known;
    this.ts = ts;
    this.typescript = { name, version: ts.version };
    this.guessed = {
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.Preserve,
      strict: true,
      types: ['*'],
    };
    this.system = systemOf(ts, files);
    const registry = ts.createDocumentRegistry(this.system.useCaseSensitiveFileNames);
    this.readAlike = (options) => registry.getKeyForCompilationSettings(options);
  }

  parse(file: string): ParsedConfiguration | undefined {
    const { ts, system } = this;
    if (!system.fileExists(file)) return undefined;
    const host: ts.ParseConfigFileHost = {
      ...system,
      getCurrentDirectory: () => dirname(file),
      onUnRecoverableConfigFileDiagnostic: () => undefined,
    };
    const line = ts.getParsedCommandLineOfConfigFile(file, undefined, host);
    if (line === undefined) return undefined;
    const { options, fileNames, projectReferences = [] } = line;
    // The companion is of another version than the configuration was written for.
    const isOfInterest = this.typescript.name === 'typescript' ? isFault : isSyntax;
    const faults = ts.getConfigFileParsingDiagnostics(line).filter(isOfInterest);
    return {
      file,
      options,
      fileNames,
      references: projectReferences,
      referred: projectReferences.map((reference) => ts.resolveProjectReferencePath(reference)),
      errors: faults.map((fault) => ofTypeScript(ts, fault, file)),
    };
  }

  open(configuration: Configuration): OpenedProgram {
    const { ts } = this;
    const { options, fileNames, references } = configuration;
    const key = keyOf(configuration);
    const oldProgram = this.known.get(key);
    const host = this.hostOf(options);
    const program = ts.createProgram({
      rootNames: fileNames,
      options,
      projectReferences: references,
      host,
      ...(oldProgram && { oldProgram }),
    });
    this.known.set(key, program);
    return {
      program,
      host,
      syntaxErrorsOf: (file) =>
        program.getSyntacticDiagnostics(file).map((fault) => ofTypeScript(ts, fault, file.fileName)),
      hasTypeErrors: (file) =>
        program.getSemanticDiagnostics(file).some(({ category }) => category === ts.DiagnosticCategory.Error),
    };
  }

  begin(): void {
    // What has changed is seen when it is read.
  }

  folders(): readonly string[] {
    const files = [...this.known.values()].flatMap((program) => [
      ...program.getSourceFiles().map(({ fileName }) => fileName),
      ...this.configurationsOf(program),
    ]);
    return ownFolders(files.map((file) => dirname(file)));
  }

  /** The configuration of a program, and those that it extends. */
  private configurationsOf(program: ts.Program): readonly string[] {
    const { configFile } = program.getCompilerOptions() as { configFile?: ts.TsConfigSourceFile };
    return configFile === undefined ? [] : [configFile.fileName, ...(configFile.extendedSourceFiles ?? [])];
  }

  keep(configurations: readonly Configuration[]): void {
    const keys = new Set(configurations.map(keyOf));
    for (const key of this.known.keys()) if (!keys.has(key)) this.known.delete(key);
  }

  close(): void {
    this.known.clear();
  }

  private hostOf(options: ts.CompilerOptions): ts.CompilerHost {
    const { ts, system } = this;
    const host: HostOfEditors = ts.createIncrementalCompilerHost(options, system);
    host.useSourceOfProjectReferenceRedirect = () => true;
    const trees = new SharedTrees(ts, this.readAlike(options), this.files);
    host.getSourceFile = (name, how) => trees.tree(name, host.readFile(name), how);
    return host;
  }
}

/** Other options give other trees. */
const keyOf = ({ file, options, isWhole }: Configuration): string => JSON.stringify([file, options, isWhole]);

const isSyntax = ({ code }: ts.Diagnostic): boolean => code < 2000;
