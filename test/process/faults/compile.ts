/** Writes the programs, plain and compiled, to files that this process and its children can import, and bundles what these run. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { formatDiagnostic, transform } from '../../../transformer/index.ts';
import { bundle } from '../../support/bundles.ts';

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));
export const OUTPUT: string = fileURLToPath(new URL('../../.tmp/faults/', import.meta.url));

/** `children`: compiled, and with the runtime that is bundled for child processes. */
type Kind = 'plain' | 'compiled' | 'children';

/** Where the programs find what they import: in the sources, so that nothing has to be built and child processes run what this one does. */
const PLACES: Readonly<Record<Kind, { runtime: string; compiled: string; helpers: string }>> = {
  plain: {
    runtime: '../../../process/faults/plain.ts',
    compiled: '',
    helpers: '../../../process/faults/$1.ts',
  },
  compiled: {
    runtime: '../../../../runtime/index.ts',
    compiled: '../../../../runtime/compiled.ts',
    helpers: '../../../process/faults/$1.ts',
  },
  children: {
    runtime: '../../bundles/faults/runtime.mjs',
    compiled: '../../bundles/faults/compiled.mjs',
    helpers: '../../bundles/faults/$1.mjs',
  },
};

/** The file of a program, as it is compiled, or left plain. */
export const programFile = (kind: Kind, name: string): string => `${OUTPUT}${kind}/${name}.mjs`;

/** Writes all programs of all kinds. */
export function writePrograms(): void {
  for (const kind of ['plain', 'compiled', 'children'] as const) {
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

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let bundled: string | undefined;

/** What child processes run: a script of this folder, or the runtime, `runtime`. */
export function childFile(name: 'worker' | 'steer' | 'rejecting' | 'runtime'): string {
  bundled ??= bundle('faults', {
    worker: here('worker.ts'),
    steer: here('steer.ts'),
    rejecting: here('rejecting.ts'),
    runtime: here('../../../runtime/index.ts'),
    compiled: here('../../../runtime/compiled.ts'),
    effects: here('effects.ts'),
  });
  return `${bundled}/${name}.mjs`;
}

export async function importProgram(kind: Kind, name: string): Promise<Record<string, never>> {
  return import(/* @vite-ignore */ pathToFileURL(programFile(kind, name)).href);
}

const emitted = new Map<string, string>();

/** JavaScript of a program, plain or compiled, with its imports as they are in the source. */
function javaScript(isPlain: boolean, file: string): string {
  const known = emitted.get(`${isPlain} ${file}`);
  if (known !== undefined) return known;
  const source = readFileSync(PROGRAMS + file, 'utf8');
  const { code, diagnostics } = isPlain
    ? { code: source, diagnostics: [] }
    : // Two versions of one file, of which the later one takes the place of the other.
      transform(source, { fileName: file.replace(/-(old|new)\.ts$/, '.ts') });
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(formatDiagnostic(first, source));
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(code, { compilerOptions, fileName: file });
  emitted.set(`${isPlain} ${file}`, outputText);
  return outputText;
}

function emit(kind: Kind, file: string): string {
  const { runtime, compiled, helpers } = PLACES[kind];
  return javaScript(kind === 'plain', file)
    .replace(/from ['"]use-durable['"]/g, `from '${runtime}'`)
    .replace(/from ['"]use-durable\/compiled['"]/g, `from '${compiled}'`)
    .replace(/from ['"]\.\.\/(\w+)\.ts['"]/g, `from '${helpers}'`);
}
