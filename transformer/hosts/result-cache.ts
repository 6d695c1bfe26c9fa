/**
 * What was compiled is kept until something that it depends on changes, so a build in which no durable function was changed
 * loads neither TypeScript nor the compiler. It is in `node_modules/.cache/use-durable`, a file for each source, and holds what
 * the compiler would return. The environment variable `DURABLE_CACHE=off` turns it off.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type FilePlace, placeOf, realDisk } from '../base/file-id.ts';
import type { GivenFile } from '../base/given-file.ts';
import { LOCK_FILE } from '../base/locked.ts';
import { installedVersions } from '../base/typescript.ts';
import type { FileOptions } from '../compile-file.ts';
import { writesLock } from '../lock/mode.ts';
import type { CompiledText } from './compiled-text.ts';

/** Identifies the code of the compiler; `build/bundle.ts` writes it. The sources have none, and no cache. */
declare const COMPILER_BUILD: string | undefined;

/** The result of one file, with everything that it depends on. */
export interface ResultCache {
  /** Null if there is nothing to compile in the file; undefined if the result isn't known. */
  read(): CompiledText | null | undefined;
  /** Failures are silent: the next build compiles once more. */
  write(result: CompiledText | null): void;
}

/**
 * Undefined where nothing is kept: in packages without a `node_modules` above them, in a build that writes the lock, where no
 * TypeScript is installed.
 *
 * @param build identifies the code of the compiler
 */
export function resultCache(
  given: GivenFile,
  code: string,
  options: FileOptions,
  build = typeof COMPILER_BUILD === 'string' ? COMPILER_BUILD : undefined,
): ResultCache | undefined {
  if (build === undefined || process.env.DURABLE_CACHE === 'off' || writesLock(options.lock))
    return undefined;
  const place = placeOf(given.path);
  const folder = place && cacheFolder(place.folder);
  const versions = installedVersions();
  if (!place || folder === undefined || versions === undefined) return undefined;
  const lock = realDisk.readFile(join(place.folder, LOCK_FILE));
  const isCovered = options.coverage === true;
  const inputs = [build, process.version, versions, code, given.written, lock, isCovered, place.id];
  // Diagnostics and tables name the file from the working directory.
  const key = hashOf([...inputs, relative(process.cwd(), given.path)]);
  const file = join(folder, `${hashOf([relative(folder, given.path), isCovered])}.json`);
  const lockFile = lock === undefined ? undefined : join(place.folder, LOCK_FILE);
  return {
    read: () => {
      const result = readEntry(file, key);
      return result && { ...result, lockFile };
    },
    write: (result) => writeEntry(file, { key, result }),
  };
}

interface Entry {
  readonly key: string;
  readonly result: Omit<CompiledText, 'lockFile'> | null;
}

const hashOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

function cacheFolder(above: FilePlace['folder']): string | undefined {
  for (let folder = above; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) return join(modules, '.cache/use-durable');
    if (dirname(folder) === folder) return undefined;
  }
}

function readEntry(file: string, key: string): Entry['result'] | undefined {
  try {
    const entry = JSON.parse(readFileSync(file, 'utf8')) as Entry;
    return entry.key === key ? entry.result : undefined;
  } catch {
    return undefined;
  }
}

function writeEntry(file: string, entry: Entry): void {
  // Several processes may compile the same file.
  const other = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(other, JSON.stringify(entry));
    renameSync(other, file);
  } catch {
    discard(other);
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // There is no such folder, or nothing may be removed there.
  }
}
