/** What compiling a project needs of a version of TypeScript. */
import type ts from 'typescript';
import type { Reading } from '../../transformer/hosts/program-analyses.ts';
import type { Diagnostic } from '../../transformer/index.ts';
import type { COMPANION, TypeScript } from '../base/typescript.ts';

/** Which TypeScript it is. */
export interface TypeScriptName {
  /** The package it is from. */
  readonly name: 'typescript' | typeof COMPANION;
  readonly version: string;
}

export interface Compiler {
  readonly typescript: TypeScriptName;
  /** What syntax needs. */
  readonly ts: TypeScript;
  /** Undefined if it can't be read. */
  parse(file: string): ParsedConfiguration | undefined;
  /** Options where no configuration says otherwise: strict, and with types of packages such as Node's. */
  readonly guessed: ts.CompilerOptions;
  open(configuration: Configuration): OpenedProgram;
  /** Comes before the programs of a new state of the project are opened. */
  begin(): void;
  /** Forgets the programs of all other configurations. */
  keep(configurations: readonly Configuration[]): void;
  /** The folders of all files that were read for the last programs, without what is installed. */
  folders(): readonly string[];
  /** No more is asked of it. */
  close(): void;
}

export interface ParsedConfiguration {
  /** Absolute. */
  readonly file: string;
  readonly options: ts.CompilerOptions;
  /** Absolute. */
  readonly fileNames: readonly string[];
  readonly references: readonly ts.ProjectReference[];
  /** The configurations that the references lead to, absolute. */
  readonly referred: readonly string[];
  /** What is wrong with the configuration itself. Files are absolute. */
  readonly errors: readonly Diagnostic[];
}

/** Files that are compiled as one program. */
export interface Configuration {
  /** Absolute; undefined where there is none, and the options are guesses. */
  readonly file: string | undefined;
  readonly options: ts.CompilerOptions;
  /** Absolute, with those that durable functions only need for their types. */
  readonly fileNames: readonly string[];
  readonly references: readonly ts.ProjectReference[];
  readonly errors: readonly Diagnostic[];
  /** The sources with durable functions that it compiles, absolute. */
  readonly sources: readonly string[];
  /** Whether the files are those that the configuration itself names. */
  readonly isWhole: boolean;
}

export interface OpenedProgram {
  readonly program: ts.Program;
  readonly host: Reading;
  /** Files are absolute. */
  syntaxErrorsOf(file: ts.SourceFile): readonly Diagnostic[];
  hasTypeErrors(file: ts.SourceFile): boolean;
}

/** That a configuration names no files is no fault: it may only refer to others. */
export const isFault = ({ code }: { readonly code: number }): boolean => code !== 18002 && code !== 18003;

/** Without the folders of what is installed. */
export const ownFolders = (folders: Iterable<string>): readonly string[] =>
  [...new Set(folders)].filter((folder) => !/[\\/]node_modules([\\/]|$)/.test(folder));
