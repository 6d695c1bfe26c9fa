/**
 * The one way to the files of a project. All that the compiler reads goes through it, so the same project can be compiled as it
 * was in a revision.
 */
import { join, relative } from 'node:path';
import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import { filesOf } from '../project/files.ts';

/**
 * Texts in the place of those on disk, by their path from the root, with forward slashes; undefined where there is no such
 * file. A file that isn't named here is the one on disk.
 */
export type Texts = ReadonlyMap<string, string | undefined>;

export interface ProjectFiles {
  /** Relative to the root, with forward slashes: without what is installed, built or ignored by Git. */
  list(): readonly string[];
  /** As TypeScript reads them, by absolute paths. */
  readonly system: ts.System;
}

/** @param root absolute, a real path */
export function projectFiles(ts: TypeScript, root: string, texts?: Texts): ProjectFiles {
  if (texts === undefined) return { list: () => filesOf(root), system: ts.sys };
  const named = [...texts.keys()];
  return {
    list: () => {
      const others = filesOf(root).filter((file) => !texts.has(file));
      return [...others, ...named.filter((file) => texts.get(file) !== undefined)].sort();
    },
    system: overlaid(ts, root, texts),
  };
}

interface Entries {
  readonly files: readonly string[];
  readonly directories: readonly string[];
}

/** How TypeScript finds the files of a configuration; it is not in its declarations. */
interface Matching {
  matchFiles(
    path: string,
    extensions: readonly string[] | undefined,
    excludes: readonly string[] | undefined,
    includes: readonly string[] | undefined,
    isCaseSensitive: boolean,
    directory: string,
    depth: number | undefined,
    entriesOf: (folder: string) => Entries,
    realpath: (path: string) => string,
  ): string[];
}

function overlaid(ts: TypeScript, root: string, texts: Texts): ts.System {
  const { sys } = ts;
  const { folders, entries } = treeOf(texts);
  const below = (path: string): string => relative(root, path).replaceAll('\\', '/');
  const fileExists = (path: string): boolean => {
    const file = below(path);
    return texts.has(file) ? texts.get(file) !== undefined : sys.fileExists(path);
  };
  const entriesOf = (folder: string): Entries => {
    const own = entries.get(below(folder)) ?? { files: [], directories: [] };
    if (!sys.directoryExists(folder)) return own;
    const written = sys.readDirectory(folder, undefined, undefined, ['*'], 1).map((file) => below(file));
    const names = written.filter((file) => !texts.has(file)).map((file) => file.split('/').at(-1)!);
    const directories = new Set([...own.directories, ...sys.getDirectories(folder)]);
    return { files: [...own.files, ...names], directories: [...directories] };
  };
  return {
    ...sys,
    fileExists,
    readFile: (path, encoding) => {
      const file = below(path);
      return texts.has(file) ? texts.get(file) : sys.readFile(path, encoding);
    },
    directoryExists: (path) => folders.has(below(path)) || sys.directoryExists(path),
    getDirectories: (path) => [...entriesOf(path).directories],
    readDirectory: (path, extensions, excludes, includes, depth) =>
      (ts as unknown as Matching).matchFiles(
        path,
        extensions,
        excludes,
        includes,
        sys.useCaseSensitiveFileNames,
        root,
        depth,
        entriesOf,
        (name) => name,
      ),
    realpath: (path) => (texts.has(below(path)) ? path : (sys.realpath?.(path) ?? path)),
  };
}

/** The folders of the texts, and what is directly in each. */
function treeOf(texts: Texts): {
  readonly folders: ReadonlySet<string>;
  readonly entries: ReadonlyMap<string, Entries>;
} {
  const entries = new Map<string, { files: string[]; directories: string[] }>();
  const of = (folder: string): { files: string[]; directories: string[] } => {
    const known = entries.get(folder) ?? { files: [], directories: [] };
    if (!entries.has(folder)) {
      entries.set(folder, known);
      if (folder !== '') {
        const { above, name } = split(folder);
        of(above).directories.push(name);
      }
    }
    return known;
  };
  for (const [file, text] of texts) {
    if (text === undefined) continue;
    const { above, name } = split(file);
    of(above).files.push(name);
  }
  return { folders: new Set(entries.keys()), entries };
}

function split(path: string): { readonly above: string; readonly name: string } {
  const at = path.lastIndexOf('/');
  return { above: path.slice(0, Math.max(at, 0)), name: path.slice(at + 1) };
}

/** An absolute path as TypeScript writes it. */
export const absolute = (root: string, file: string): string => join(root, file).replaceAll('\\', '/');
