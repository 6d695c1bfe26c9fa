import { dirname } from 'node:path';
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Configuration } from './configurations.ts';

export interface OpenedProgram {
  readonly program: ts.Program;
  readonly host: ts.CompilerHost;
}

/** A setting of hosts that editors use: imports of a project that is referred to lead to its sources, built or not. */
interface HostOfEditors extends ts.CompilerHost {
  useSourceOfProjectReferenceRedirect?(): boolean;
}

/** Programs by their configurations. A new one takes over what the one before has of files that are the same. */
export class Programs {
  private readonly ts: TypeScript;
  private readonly system: ts.System;
  private readonly known = new Map<string, ts.Program>();
  /** Files are shared by programs whose options read them alike. */
  private readonly files = new Map<string, Map<string, KnownFile>>();
  private readonly readAlike: (options: ts.CompilerOptions) => string;

  constructor(ts: TypeScript, system: ts.System) {
    this.ts = ts;
    this.system = system;
    const registry = ts.createDocumentRegistry(system.useCaseSensitiveFileNames);
    this.readAlike = (options) => registry.getKeyForCompilationSettings(options);
  }

  open(configuration: Configuration): OpenedProgram {
    const { ts } = this;
    const { options, fileNames, references } = configuration;
    const key = keyOf(configuration);
    const oldProgram = this.known.get(key);
    const host = this.hostOf(options, this.filesFor(options));
    const program = ts.createProgram({
      rootNames: fileNames,
      options,
      projectReferences: references,
      host,
      ...(oldProgram && { oldProgram }),
    });
    this.known.set(key, program);
    return { program, host };
  }

  /** The folders of all files that were read, without what is installed. */
  folders(): readonly string[] {
    const files = [...this.known.values()].flatMap((program) => [
      ...program.getSourceFiles().map(({ fileName }) => fileName),
      ...this.configurationsOf(program),
    ]);
    const folders = new Set(files.map((file) => dirname(file)));
    return [...folders].filter((folder) => !/[\\/]node_modules([\\/]|$)/.test(folder));
  }

  /** The configuration of a program, and those that it extends. */
  private configurationsOf(program: ts.Program): readonly string[] {
    const { configFile } = program.getCompilerOptions() as { configFile?: ts.TsConfigSourceFile };
    return configFile === undefined ? [] : [configFile.fileName, ...(configFile.extendedSourceFiles ?? [])];
  }

  /** Forgets the programs of all other configurations. */
  keep(configurations: readonly Configuration[]): void {
    const keys = new Set(configurations.map(keyOf));
    for (const key of this.known.keys()) if (!keys.has(key)) this.known.delete(key);
  }

  private filesFor(options: ts.CompilerOptions): Map<string, KnownFile> {
    const key = this.readAlike(options);
    const files = this.files.get(key) ?? new Map<string, KnownFile>();
    this.files.set(key, files);
    return files;
  }

  private hostOf(options: ts.CompilerOptions, files: Map<string, KnownFile>): ts.CompilerHost {
    const { ts, system } = this;
    const host: HostOfEditors = ts.createIncrementalCompilerHost(options, system);
    host.useSourceOfProjectReferenceRedirect = () => true;
    host.getSourceFile = (name, how) => {
      const text = host.readFile(name);
      if (text === undefined) {
        files.delete(name);
        return undefined;
      }
      const form =
        typeof how === 'object' ? JSON.stringify([how.languageVersion, how.impliedNodeFormat]) : '';
      const same = files.get(name);
      if (same !== undefined && same.file.text === text && same.form === form) return same.file;
      const file = ts.createSourceFile(name, text, how);
      files.set(name, { file, form });
      return file;
    };
    return host;
  }
}

interface KnownFile {
  readonly file: ts.SourceFile;
  /** How it was read. */
  readonly form: string;
}

/** Other options give other trees. */
const keyOf = ({ file, options }: Configuration): string => JSON.stringify([file, options]);
