import type ts from 'typescript';
import type { RemoteProgram } from '../../transformer/base/typescript7-program.ts';
import type { Diagnostic } from '../../transformer/index.ts';
import type { FileCallbacks } from './system7.ts';

/** What is used of `typescript/sync`, whose requests go to a process of its own. */
export interface Sync {
  readonly API: new (options: { readonly cwd: string; readonly fs?: FileCallbacks | undefined }) => Api;
}

export interface Api {
  parseConfigFile(file: string): {
    readonly options: ts.CompilerOptions;
    readonly fileNames: readonly string[];
    readonly projectReferences?: readonly ts.ProjectReference[];
    readonly errors: readonly Fault[];
  };
  parseJsonConfigFileContent(
    json: object,
    options: { readonly configDirectory: string },
  ): { readonly options: ts.CompilerOptions };
  createSnapshot(params: SnapshotParams): Snapshot;
  close(): void;
}

export interface SnapshotParams {
  readonly openProjects?: readonly string[];
  readonly createPrograms?: readonly {
    readonly rootFiles: readonly string[];
    readonly compilerOptions: object;
  }[];
  readonly fileNotifications?: { readonly invalidateAll: true };
  readonly fileSystem?: object;
}

export interface Snapshot {
  readonly operation: { readonly createdPrograms?: readonly Remote[] };
  getConfiguredProject(file: string): { readonly program: Remote } | undefined;
  dispose(): void;
}

export interface Remote extends RemoteProgram {
  getConfigFileNames(): readonly string[];
  getProgramDiagnostics(): readonly Fault[];
  getGlobalDiagnostics(): readonly Fault[];
  getConfigFileParsingDiagnostics(): readonly Fault[];
  getSyntacticDiagnostics(file?: string): readonly Fault[];
  getSemanticDiagnostics(file?: string): readonly Fault[];
  getDeclarationDiagnostics(): readonly Fault[];
  isSourceFileFromExternalLibrary(file: ts.SourceFile): boolean;
  getJavaScriptEmit(files: readonly string[]): Emitted;
  getDeclarationEmit(files: readonly string[]): Emitted;
}

export interface Emitted {
  readonly diagnostics: readonly Fault[];
  readonly outputFiles: ReadonlyMap<string, { readonly text: string; readonly sourceFileName?: string }>;
}

/** A diagnostic of 7.1. */
export interface Fault {
  readonly fileName?: string;
  readonly pos: number;
  readonly end: number;
  readonly startPosition?: { readonly line: number; readonly character: number };
  readonly code: number;
  readonly category: number;
  readonly text: string;
}

/** The category of errors. */
export const ERROR = 1;

/** @param whole the file it is about if it is about no place in it */
export function shown(
  { fileName, pos, end, startPosition, code, category, text }: Fault,
  whole: string,
): Diagnostic {
  return {
    code: `TS${code}`,
    severity: category === ERROR ? 'error' : 'warning',
    message: text,
    hint: '',
    help: '',
    fileName: fileName ?? whole,
    start: Math.max(pos, 0),
    length: Math.max(end - pos, 0),
    line: (startPosition?.line ?? 0) + 1,
    column: (startPosition?.character ?? 0) + 1,
  };
}
