import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type ts from 'typescript';
import { typescript7 } from '../../transformer/base/typescript7.ts';
import { programOf7 } from '../../transformer/base/typescript7-program.ts';
import type { TypeScript } from '../base/typescript.ts';
import {
  type Api,
  ERROR,
  type Remote,
  type Snapshot,
  type SnapshotParams,
  type Sync,
  shown,
} from './api7.ts';
import {
  type Compiler,
  type Configuration,
  isFault,
  type OpenedProgram,
  ownFolders,
  type ParsedConfiguration,
  type TypeScriptName,
} from './compiler.ts';
import type { ProjectFiles } from './project-files.ts';
import { callbacksOf, type ServerFiles } from './system7.ts';

/** TypeScript 7.1: its own process reads the files, and answers questions about types. */
export class Compiler7 implements Compiler {
  readonly ts: TypeScript;
  readonly typescript: TypeScriptName;
  readonly guessed: ts.CompilerOptions;
  readonly api: Api;
  readonly reading: OpenedProgram['host'];
  /** Makes a state of the disk in which some files have other texts. */
  readonly layer: ServerFiles['createFileSystemLayer'];
  private snapshots: Snapshot[] = [];
  private programs: Remote[] = [];

  /** Undefined where it can't be started: its program is in a package of its own for each system. */
  static start(
    require: (name: string) => unknown,
    version: string,
    root: string,
    files: ProjectFiles,
  ): Compiler7 | undefined {
    try {
      return new Compiler7((module) => require(`typescript/${module}`), version, root, files);
    } catch {
      return undefined;
    }
  }

  private constructor(
    load: (module: 'sync' | 'ast' | 'fs') => unknown,
    version: string,
    root: string,
    files: ProjectFiles,
  ) {
    this.ts = typescript7(load, version);
    this.typescript = { name: 'typescript', version };
    const { API } = load('sync') as Sync;
    const server = load('fs') as ServerFiles;
    this.layer = server.createFileSystemLayer;
    this.api = new API({ cwd: root, fs: callbacksOf(files, server) });
    const compilerOptions = { target: 'esnext', module: 'preserve', strict: true, types: ['*'] };
    // The first request, which fails if there is no such process.
    const parsed = this.api.parseJsonConfigFileContent({ compilerOptions }, { configDirectory: root });
    this.guessed = parsed.options;
    this.reading = {
      readFile: (path) => files.read(path),
      realpath: (path) => (files.overlay?.names(path) ? path : realpathSync.native(path)),
    };
  }

  parse(file: string): ParsedConfiguration | undefined {
    const { options, fileNames, projectReferences = [], errors } = this.api.parseConfigFile(file);
    return {
      file,
      options,
      fileNames,
      references: projectReferences,
      referred: projectReferences.map(({ path }) =>
        path.endsWith('.json') ? path : resolve(path, 'tsconfig.json').replaceAll('\\', '/'),
      ),
      errors: errors.filter(isFault).map((fault) => shown(fault, file)),
    };
  }

  open({ file, options, fileNames, isWhole }: Configuration): OpenedProgram {
    const program = isWhole && file !== undefined ? this.openProject(file) : this.create(fileNames, options);
    return {
      program: programOf7(program),
      host: this.reading,
      syntaxErrorsOf: ({ fileName }) =>
        program.getSyntacticDiagnostics(fileName).map((fault) => shown(fault, fileName)),
      hasTypeErrors: ({ fileName }) =>
        program.getSemanticDiagnostics(fileName).some(({ category }) => category === ERROR),
    };
  }

  /**
   * As an editor opens it: imports of a project that it refers to lead to the sources of that.
   *
   * @param fileSystem a layer over the disk
   */
  openProject(file: string, fileSystem?: object): Remote {
    const snapshot = this.snapshot({ openProjects: [file], ...(fileSystem && { fileSystem }) });
    const project = snapshot.getConfiguredProject(file);
    if (project === undefined) throw new Error(`TypeScript ${this.typescript.version} can't open ${file}.`);
    this.programs.push(project.program);
    return project.program;
  }

  private create(rootFiles: readonly string[], compilerOptions: object): Remote {
    const { operation } = this.snapshot({ createPrograms: [{ rootFiles, compilerOptions }] });
    const [program] = operation.createdPrograms!;
    this.programs.push(program!);
    return program!;
  }

  private snapshot(params: SnapshotParams): Snapshot {
    const snapshot = this.api.createSnapshot({ ...params, fileNotifications: { invalidateAll: true } });
    this.snapshots.push(snapshot);
    return snapshot;
  }

  begin(): void {
    for (const snapshot of this.snapshots) snapshot.dispose();
    this.snapshots = [];
    this.programs = [];
  }

  keep(): void {
    // Each state has programs of its own, and the process keeps what is the same.
  }

  folders(): readonly string[] {
    const files = this.programs.flatMap((program) => [
      ...program.getSourceFileNames(),
      ...program.getConfigFileNames(),
    ]);
    return ownFolders(files.map((file) => dirname(file)));
  }

  close(): void {
    this.api.close();
  }
}
