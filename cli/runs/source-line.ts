import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { SourcePlace } from '../../runtime/tools/look.ts';

const files = new Map<string, readonly string[] | undefined>();

/**
 * The line of a place, if the file is there. It is the text of today, which may be another one than the code of the run was compiled
 * from. A path that leads out of the project is not read: a store may come from elsewhere.
 */
export function sourceLine({ file, line }: SourcePlace): string | undefined {
  return linesOf(file)?.[line - 1]?.trim();
}

export function linesOf(file: string): readonly string[] | undefined {
  if (isAbsolute(file) || normalize(file).startsWith('..')) return undefined;
  if (!files.has(file)) files.set(file, read(file));
  return files.get(file);
}

/** Places are relative to the root of a project, and the command may be called in a folder of it. */
function read(file: string): readonly string[] | undefined {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const lines = readLines(join(folder, file));
    if (lines !== undefined || dirname(folder) === folder) return lines;
  }
}

function readLines(path: string): readonly string[] | undefined {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return undefined;
  }
}
