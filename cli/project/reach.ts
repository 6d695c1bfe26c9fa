/** Which files a program loads: from its first file, through relative imports. */
import { posix } from 'node:path';
import type { TypeScript } from '../base/typescript.ts';
import type { Project } from './project.ts';

/** Extensions that an import may leave out, and those that stand for another one. */
const GUESSES = ['', '.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx', '/index.ts', '/index.js'];

/** The files themselves are part of the result; what isn't there is left out. */
export function reachedFrom(
  ts: TypeScript,
  project: Project,
  entries: readonly string[],
): ReadonlySet<string> {
  const all = new Set(project.files);
  const reached = new Set<string>();
  const open = entries.flatMap((entry) => find(all, posix.normalize(entry)));
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { fileName } of ts.preProcessFile(project.read(file), true, true).importedFiles)
      if (fileName.startsWith('.')) open.push(...find(all, posix.join(posix.dirname(file), fileName)));
  }
  return reached;
}

function find(all: ReadonlySet<string>, path: string): readonly string[] {
  const sources = [path, path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')];
  const found = sources.flatMap((source) => GUESSES.map((end) => source + end)).find((file) => all.has(file));
  return found === undefined ? [] : [found];
}
