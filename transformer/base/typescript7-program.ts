import type ts from 'typescript';
import { checkerOf7, type RemoteChecker } from './typescript7-types.ts';

/** What is used of a program of TypeScript 7.1. */
export interface RemoteProgram {
  getSourceFile(file: string): ts.SourceFile | undefined;
  getSourceFileNames(): readonly string[];
  getCompilerOptions(): ts.CompilerOptions;
  getCurrentDirectory(): string;
  getProject(): { readonly checker: RemoteChecker };
}

const DECLARATION = /\.d\.([^./]+\.)?[cm]?ts$/;

/** The part of a program that the checks use, in the shape of version 6. Of its files, those that only declare are not listed. */
export function programOf7(remote: RemoteProgram): ts.Program {
  const project = remote.getProject();
  const checker = checkerOf7(project.checker, project);
  let sources: readonly ts.SourceFile[] | undefined;
  const program: Partial<ts.Program> = {
    getSourceFile: (name) => remote.getSourceFile(name),
    getSourceFiles: () => {
      // Each is sent whole.
      sources ??= remote
        .getSourceFileNames()
        .filter((name) => !DECLARATION.test(name))
        .flatMap((name) => remote.getSourceFile(name) ?? []);
      return sources;
    },
    getTypeChecker: () => checker,
    getCompilerOptions: () => remote.getCompilerOptions(),
    getCurrentDirectory: () => remote.getCurrentDirectory(),
  };
  return program as ts.Program;
}
