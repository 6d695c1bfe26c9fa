import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Entries, ProjectFiles } from './project-files.ts';

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

/** The files of a project as TypeScript 6 reads them. */
export function systemOf(ts: TypeScript, { read, exists, overlay }: ProjectFiles): ts.System {
  const { sys } = ts;
  if (overlay === undefined) return sys;
  const entriesOf = (folder: string): Entries => {
    if (!sys.directoryExists(folder)) return overlay.entries(folder, { files: [], directories: [] });
    const files = sys.readDirectory(folder, undefined, undefined, ['*'], 1);
    return overlay.entries(folder, {
      files: files.map((file) => file.split('/').at(-1)!),
      directories: sys.getDirectories(folder),
    });
  };
  return {
    ...sys,
    fileExists: (path) => (overlay.names(path) ? exists(path) : sys.fileExists(path)),
    readFile: (path, encoding) => (overlay.names(path) ? read(path) : sys.readFile(path, encoding)),
    directoryExists: (path) => overlay.hasFolder(path) || sys.directoryExists(path),
    getDirectories: (path) => [...entriesOf(path).directories],
    readDirectory: (path, extensions, excludes, includes, depth) =>
      (ts as unknown as Matching).matchFiles(
        path,
        extensions,
        excludes,
        includes,
        sys.useCaseSensitiveFileNames,
        overlay.root,
        depth,
        entriesOf,
        (name) => name,
      ),
    realpath: (path) => (overlay.names(path) ? path : (sys.realpath?.(path) ?? path)),
  };
}
