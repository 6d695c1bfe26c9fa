import { readFileSync, realpathSync, statSync } from 'node:fs';
import nodePath from 'node:path';

/** What is read from the disk. Other implementations have files in memory. */
export interface Disk {
  /** Undefined if there is no such file. */
  readFile(path: string): string | undefined;
  /** Changes whenever the file does; undefined if there is no such file. Without it, files are read each time. */
  stamp?(path: string): string | undefined;
  /** If nothing is there, it throws or returns the path itself. */
  realpath(path: string): string;
  /** The path functions of the system that the paths belong to. */
  readonly path: Paths;
}

/** The part of Node's `path` that is used here, written out so that our declarations need no types of Node. */
export interface Paths {
  readonly sep: string;
  dirname(path: string): string;
  basename(path: string): string;
  join(...parts: string[]): string;
  relative(from: string, to: string): string;
  resolve(...parts: string[]): string;
}

export const realDisk: Disk = {
  readFile: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  stamp: (path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
  },
  realpath: realpathSync.native,
  path: nodePath,
};

/** Identifies a source file in the ids of its functions: `@shop/billing/src/pay.ts`. */
export interface FileId {
  /** The name of its package; undefined if the package has none. */
  readonly package: string | undefined;
  /** Relative to the package's `package.json`, with forward slashes. */
  readonly path: string;
}

/**
 * The name of a source file in the ids of its functions: the name of its package, and the path relative to the `package.json`
 * of the package. It does not depend on the working directory, on links or on the system. No two packages share such a name.
 *
 * The package is that of the nearest `package.json` with a name. Files without one, such as `{ "type": "module" }` beside
 * compiled code, are skipped. If none has a name, the path is relative to the outermost `package.json`. If there is none at
 * all, the file has no name of its own, and this returns undefined.
 *
 * @param path absolute
 */
export const fileIdOf = (path: string, disk: Disk = realDisk): FileId | undefined => placeOf(path, disk)?.id;

/** The name of a file, and the folder of its package. */
export interface FilePlace {
  readonly id: FileId;
  /** Absolute, without links. */
  readonly folder: string;
}

/** Like `fileIdOf`, with the folder that its path is relative to. */
export function placeOf(path: string, disk: Disk = realDisk): FilePlace | undefined {
  const { path: paths } = disk;
  const file = realpathOf(path, disk);
  let outermost: string | undefined;
  for (let folder = paths.dirname(file); ; folder = paths.dirname(folder)) {
    const text = disk.readFile(paths.join(folder, 'package.json'));
    if (text !== undefined) {
      const name = nameOf(text);
      if (name !== undefined) return below(folder, name);
      outermost = folder;
    }
    // Folders above belong to the project that has installed the package.
    const isTop = paths.dirname(folder) === folder || paths.basename(folder) === 'node_modules';
    if (isTop) return outermost === undefined ? undefined : below(outermost, undefined);
  }

  function below(folder: string, name: string | undefined): FilePlace {
    return { id: { package: name, path: paths.relative(folder, file).replaceAll(paths.sep, '/') }, folder };
  }
}

/** The real path of a file that may be missing, while its folder or one above exists. */
function realpathOf(path: string, { realpath, path: paths }: Disk): string {
  const absent: string[] = [];
  for (let at = paths.resolve(path); ; at = paths.dirname(at)) {
    try {
      return paths.join(realpath(at), ...absent);
    } catch {
      if (paths.dirname(at) === at) return paths.resolve(path);
      absent.unshift(paths.basename(at));
    }
  }
}

/** The name in the text of a `package.json`; undefined if the text is not JSON. */
function nameOf(text: string): string | undefined {
  try {
    const { name } = JSON.parse(text.replace(/^\uFEFF/, '')) as { readonly name?: unknown };
    return typeof name === 'string' && name.trim() !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}
