import { existsSync, readdirSync } from 'node:fs';
import type { Entries, ProjectFiles } from './project-files.ts';

/** What is used of `typescript/fs`. */
export interface ServerFiles {
  readonly serverFS: { readonly useOS: unknown; readonly fakeStat: unknown; readonly noop: unknown };
  createFileSystemLayer(files: readonly (readonly [file: string, text: string])[]): object;
}

/** What the process of TypeScript 7.1 asks for in place of the disk. */
export interface FileCallbacks {
  readFile(path: string): unknown;
  fileExists(path: string): unknown;
  directoryExists(path: string): unknown;
  getAccessibleEntries(path: string): unknown;
  realpath(path: string): unknown;
  readonly stat: unknown;
  readonly writeFile: unknown;
  readonly removeFile: unknown;
}

/** The files of a project as TypeScript 7.1 reads them; undefined where all of them are those on disk. */
export function callbacksOf(
  { read, exists, overlay }: ProjectFiles,
  { serverFS }: ServerFiles,
): FileCallbacks | undefined {
  if (overlay === undefined) return undefined;
  const { useOS, fakeStat, noop } = serverFS;
  return {
    readFile: (path) => (overlay.names(path) ? read(path) : useOS),
    fileExists: (path) => (overlay.names(path) ? exists(path) : useOS),
    directoryExists: (path) => overlay.hasFolder(path) || useOS,
    getAccessibleEntries: (path) => ({ ...overlay.entries(path, entriesOnDisk(path)), symlinks: undefined }),
    realpath: (path) => (overlay.names(path) ? path : useOS),
    stat: fakeStat,
    writeFile: noop,
    removeFile: noop,
  };
}

function entriesOnDisk(folder: string): Entries {
  if (!existsSync(folder)) return { files: [], directories: [] };
  const entries = readdirSync(folder, { withFileTypes: true });
  return {
    files: entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
    directories: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
  };
}
