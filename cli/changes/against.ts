import { join } from 'node:path';
import { readText } from '../project/files.ts';
import { type Comparison, compareFunctions } from './compare.ts';
import { changedSince } from './git.ts';
import { readFunctions } from './read-functions.ts';

/**
 * Compares the working tree with a revision.
 *
 * @param root the folder of the project, absolute
 * @throws NoComparisonError
 */
export function compareWithRevision(root: string, revision: string): Comparison {
  const { texts, commit } = changedSince(root, revision);
  const readNow = (file: string): string | undefined => readText(join(root, file));
  const present = new Map([...texts.keys()].map((file) => [file, readNow(file)]));
  const before = readFunctions(root, texts);
  const after = readFunctions(root, present);
  const name = commit.startsWith(revision) ? revision.slice(0, 10) : `${revision} (${commit.slice(0, 10)})`;
  return {
    against: name,
    changes: compareFunctions(before.functions, after.functions),
    broken: before.broken,
    readBefore: (file) => texts.get(file) ?? readNow(file),
    readNow,
  };
}
