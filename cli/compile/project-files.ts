/**
 * The one way to the files of a project. All that the compiler reads goes through it, so the same project can be compiled as it
 * was in a revision.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesOf, readText } from '../project/files.ts';

/**
 * Texts in the place of those on disk, by their path from the root, with forward slashes; undefined where there is no such
 * file. A file that isn't named here is the one on disk.
 */
export type Texts = ReadonlyMap<string, string | undefined>;

export interface ProjectFiles {
  /** Relative to the root, with forward slashes: without what is installed, built or ignored by Git. */
  list(): readonly string[];
  /** By an absolute path. */
  read(path: string): string | undefined;
  exists(path: string): boolean;
  /** Where some texts are not those on disk. */
  readonly overlay: Overlay | undefined;
}

/** @param root absolute, a real path */
export function projectFiles(root: string, texts?: Texts): ProjectFiles {
  if (texts === undefined)
    return { list: () => filesOf(root), read: readText, exists: existsSync, overlay: undefined };
  const overlay = new Overlay(root, texts);
  return {
    list: () => {
      const others = filesOf(root).filter((file) => !texts.has(file));
      const given = [...texts.keys()].filter((file) => texts.get(file) !== undefined);
      return [...others, ...given].sort();
    },
    read: (path) => (overlay.names(path) ? overlay.text(path) : readText(path)),
    exists: (path) => (overlay.names(path) ? overlay.text(path) !== undefined : existsSync(path)),
    overlay,
  };
}

export interface Entries {
  readonly files: readonly string[];
  readonly directories: readonly string[];
}

/** Files that have other texts than on disk, that are not on disk, or that are there and shall not be. Paths are absolute. */
class Overlay {
  readonly root: string;
  private readonly texts: Texts;
  private readonly tree = new Map<string, { files: string[]; directories: string[] }>();

  constructor(root: string, texts: Texts) {
    this.root = root;
    this.texts = texts;
    for (const [file, text] of texts) {
      if (text === undefined) continue;
      const { above, name } = split(file);
      this.folder(above).files.push(name);
    }
  }

  /** Whether it decides about a file. */
  names(path: string): boolean {
    return this.texts.has(this.below(path));
  }

  text(path: string): string | undefined {
    return this.texts.get(this.below(path));
  }

  hasFolder(path: string): boolean {
    return this.tree.has(this.below(path));
  }

  /** What is in a folder. */
  entries(folder: string, onDisk: Entries): Entries {
    const own = this.tree.get(this.below(folder)) ?? { files: [], directories: [] };
    const others = onDisk.files.filter((name) => !this.names(join(folder, name)));
    return {
      files: [...own.files, ...others],
      directories: [...new Set([...own.directories, ...onDisk.directories])],
    };
  }

  private below(path: string): string {
    return relative(this.root, path).replaceAll('\\', '/');
  }

  private folder(path: string): { files: string[]; directories: string[] } {
    const known = this.tree.get(path);
    if (known) return known;
    const made = { files: [], directories: [] };
    this.tree.set(path, made);
    if (path !== '') {
      const { above, name } = split(path);
      this.folder(above).directories.push(name);
    }
    return made;
  }
}

function split(path: string): { readonly above: string; readonly name: string } {
  const at = path.lastIndexOf('/');
  return { above: path.slice(0, Math.max(at, 0)), name: path.slice(at + 1) };
}

/** An absolute path as TypeScript writes it. */
export const absolute = (root: string, file: string): string => join(root, file).replaceAll('\\', '/');
