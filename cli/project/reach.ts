/** Which files a program loads: from its first file, through relative imports. */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { TypeScript } from '../base/typescript.ts';
import { isDependency, type Package, type Project } from './project.ts';

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

/**
 * The files that the entries of a bundler lead to; undefined where that can't be known: an entry that isn't there, an alias, another
 * package of the repository, or files that are found by a pattern.
 */
export function knownReach(
  ts: TypeScript,
  project: Project,
  within: Package,
  entries: readonly string[],
): ReadonlySet<string> | undefined {
  const all = new Set(project.files);
  const starts = entries.map((entry) => find(all, posix.join(within.folder, entry)));
  if (starts.length === 0 || starts.some((found) => found.length === 0)) return undefined;
  const reached = reachedFrom(ts, project, starts.flat());
  const names = new Set(project.packages.map(({ manifest }) => manifest.name));
  const isKnown = (name: string): boolean => {
    if (name.startsWith('.') || isBuiltin(name)) return true;
    const [scope = '', rest = ''] = name.split('/');
    const own = scope.startsWith('@') ? `${scope}/${rest}` : scope;
    return isDependency(within, own) && !names.has(own);
  };
  for (const file of reached) {
    const text = project.read(file);
    if (COMPUTED.test(text)) return undefined;
    if (!ts.preProcessFile(text, true, true).importedFiles.every(({ fileName }) => isKnown(fileName)))
      return undefined;
  }
  return reached;
}

/** Imports whose files a text doesn't name. */
const COMPUTED = /import\.meta\.glob|\brequire\.context|\b(?:import|require)\(\s*[^'"\s]/;

function find(all: ReadonlySet<string>, path: string): readonly string[] {
  const sources = [path, path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')];
  const found = sources.flatMap((source) => GUESSES.map((end) => source + end)).find((file) => all.has(file));
  return found === undefined ? [] : [found];
}
