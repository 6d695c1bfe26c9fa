/** Writes the programs, plain and compiled, to files that this process and its children can import. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { formatDiagnostic, transform } from '../../../transformer/index.ts';

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));
export const OUTPUT: string = fileURLToPath(new URL('../../.tmp/faults/', import.meta.url));

type Kind = 'plain' | 'compiled';

/** The file of a program, as it is compiled, or left plain. */
export const programFile = (kind: Kind, name: string): string => `${OUTPUT}${kind}/${name}.mjs`;

/** Writes all programs of both kinds. */
export function writePrograms(): void {
  for (const kind of ['plain', 'compiled'] as const) {
    mkdirSync(`${OUTPUT}${kind}/`, { recursive: true });
    for (const file of readdirSync(PROGRAMS)) {
      const target = programFile(kind, file.replace(/\.ts$/, ''));
      // Several test files may do this at once: none of them may see half a file.
      const part = `${target}.${process.pid}`;
      writeFileSync(part, emit(kind, file));
      renameSync(part, target);
    }
  }
}

export async function importProgram(kind: Kind, name: string): Promise<Record<string, never>> {
  return import(/* @vite-ignore */ pathToFileURL(programFile(kind, name)).href);
}

function emit(kind: Kind, file: string): string {
  const source = readFileSync(PROGRAMS + file, 'utf8');
  const { code, diagnostics } =
    kind === 'plain' ? { code: source, diagnostics: [] } : transform(source, { fileName: file });
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(formatDiagnostic(first, source));
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(code, { compilerOptions, fileName: file });
  // From the sources, so that nothing has to be built and child processes run what this one does.
  const runtime = kind === 'plain' ? '../../../process/faults/plain.ts' : '../../../../runtime/index.ts';
  return outputText
    .replace(/from ['"]use-durable['"]/g, `from '${runtime}'`)
    .replace(/from ['"]use-durable\/compiled['"]/g, "from '../../../../runtime/compiled.ts'")
    .replace(/from ['"]\.\.\/(\w+\.ts)['"]/g, "from '../../../process/faults/$1'");
}
