import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/**
 * Whether what a builder wrote for a file in an earlier build is that of a file with an error. Undefined where nothing is
 * there to tell.
 *
 * Builders emit what is changed and what imports that; an error that takes types to see may come and go by a change
 * further away.
 */
export function writtenAsRefused(
  ts: TypeScript,
  program: ts.Program,
  file: ts.SourceFile,
): boolean | undefined {
  const fileNames = program
    .getSourceFiles()
    .filter(({ isDeclarationFile }) => !isDeclarationFile)
    .map(({ fileName }) => fileName);
  const project = { options: program.getCompilerOptions(), fileNames, errors: [] };
  const outputs = ts.getOutputFileNames(project, file.fileName, !ts.sys.useCaseSensitiveFileNames);
  const script = outputs.find((name) => /\.[mc]?jsx?$/.test(name));
  const text = script === undefined ? undefined : ts.sys.readFile(script);
  return text === undefined ? undefined : REFUSED.test(text);
}

/** The call that a function of a file with an error begins with. */
const REFUSED = /\.refuse\)?\(\$refused\d/;
