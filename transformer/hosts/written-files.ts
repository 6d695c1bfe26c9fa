import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/**
 * Whether a builder wrote the output of a file with errors in an earlier build. Undefined if there is no output.
 *
 * Builders emit changed files and the files that import them. An error that needs types may appear or disappear by a change
 * elsewhere.
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

/** The call with which a function of a file with errors begins. */
const REFUSED = /\.refuse\)?\(\$refused\d/;
