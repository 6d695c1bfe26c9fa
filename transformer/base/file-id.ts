import { readFileSync, realpathSync } from 'node:fs';
import nodePath from 'node:path';

/** What is asked of the disk; other ones have files that are in memory alone. */
export interface Disk {
  /** Undefined where there is no such file. */
  readFile(path: string): string | undefined;
  /** Throws, or gives the path itself, where there is nothing. */
  realpath(path: string): string;
  /** Of the system that the paths are of. */
  readonly path: Paths;
}

/** What is used of Node's `path`, written out so that our declarations need none of Node's. */
export interface Paths {
  readonly sep: string;
  dirname(path: string): string;
  basename(path: string): string;
  join(...parts: string[]): string;
  relative(from: string, to: string): string;
  resolve(...parts: string[]): string;
}

const realDisk: Disk = {
  readFile: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  realpath: realpathSync.native,
  path: nodePath,
};

/** What tells a source file from all others: `@shop/billing/src/pay.ts` in the ids of its functions. */
export interface FileId {
  /** The name of its package; undefined where it has none. */
  readonly package: string | undefined;
  /** Below the package's `package.json`, with forward slashes. */
  readonly path: string;
}

/**
 * What a source file is called in the ids of its functions: the name of its package, and the path below that package's
 * `package.json`. It is the same whatever folder a tool is started in, whatever links led
 * there, and on every system; and no two packages have a file of one name.
 *
 * The package is that of the nearest `package.json` with a name: those without one, such as `{ "type": "module" }` beside
 * compiled code, are no packages. Where none has a name it is the path below the outermost `package.json`. Where there is
 * none at all the file has no name of its own, and this gives undefined.
 *
 * @param path absolute
 */
export function fileIdOf(path: string, disk: Disk = realDisk): FileId | undefined {
  const { path: paths } = disk;
  const file = realpathOf(path, disk);
  let outermost: string | undefined;
  for (let folder = paths.dirname(file); ; folder = paths.dirname(folder)) {
    const text = disk.readFile(paths.join(folder, 'package.json'));
    if (text !== undefined) {
      const name = nameOf(text);
      if (name !== undefined) return { package: name, path: below(folder) };
      outermost = folder;
    }
    // What is above belongs to whoever has installed the package.
    const isTop = paths.dirname(folder) === folder || paths.basename(folder) === 'node_modules';
    if (isTop) return outermost === undefined ? undefined : { package: undefined, path: below(outermost) };
  }

  function below(folder: string): string {
    return paths.relative(folder, file).replaceAll(paths.sep, '/');
  }
}

/** Of a file that may not be there, though its folder, or one around that, may. */
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

/** The name in the text of a `package.json`; one that is no JSON has none. */
function nameOf(text: string): string | undefined {
  try {
    const { name } = JSON.parse(text.replace(/^\uFEFF/, '')) as { readonly name?: unknown };
    return typeof name === 'string' && name.trim() !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}
