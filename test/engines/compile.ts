/** Writes the programs of the contract, plain and compiled, to files that this process and others can import. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { formatDiagnostic, transform } from '../../transformer/index.ts';
import { importPrograms, type Kind, type Modules, OUTPUT } from './load.ts';

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));

/** Writes all programs of a kind and imports them. Child processes that are started after it only need `importPrograms`. */
export async function loadPrograms(kind: Kind): Promise<Modules> {
  const folder = `${OUTPUT}${kind}/`;
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(PROGRAMS)) {
    const target = `${folder}${file.replace(/\.ts$/, '.mjs')}`;
    // Several processes may do this at once: none of them may see half a file.
    const part = `${target}.${process.pid}`;
    writeFileSync(part, emit(kind, file));
    renameSync(part, target);
  }
  return importPrograms(kind);
}

function emit(kind: Kind, file: string): string {
  const source = readFileSync(PROGRAMS + file, 'utf8');
  const { code, diagnostics } =
    kind === 'plain' ? { code: source, diagnostics: [] } : transform(source, { fileName: file });
  // What is only warned of runs; `mixed.ts` abandons a wait on purpose.
  const first = diagnostics.find(({ severity }) => severity === 'error');
  // It fails the programs of this file, and no others.
  if (first !== undefined) return `throw new Error(${JSON.stringify(formatDiagnostic(first, source))});\n`;
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(code, { compilerOptions, fileName: file });
  // From the sources, so that nothing has to be built and child processes run what this one does.
  const runtime = kind === 'plain' ? '../../../engines/plain-use-durable.ts' : '../../../../runtime/index.ts';
  return outputText
    .replace(/from ['"]use-durable['"]/g, `from '${runtime}'`)
    .replace(/from ['"]use-durable\/compiled['"]/g, "from '../../../../runtime/compiled.ts'")
    .replace(/from ['"]\.\.\/(\w+\.ts)['"]/g, "from '../../../engines/$1'");
}
