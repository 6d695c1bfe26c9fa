import { join } from 'node:path';
import { type CompiledProject, compileProject } from '../compile/compile-project.ts';
import type { SourceFiles } from '../compile/compiler.ts';
import { filesOf, readText } from '../project/files.ts';
import { type Comparison, compareFunctions } from './compare.ts';
import { changedSince } from './git.ts';
import { NoComparisonError } from './no-comparison.ts';
import { type KnownFunction, readFunctions } from './read-functions.ts';
import { compareResults } from './results.ts';
import { judgeRuns, type RunsReport } from './runs.ts';

/**
 * Compares the working tree with a revision.
 *
 * @param root the folder of the project, absolute
 * @param project as it is now, with shapes
 * @param known the files that were read for it
 * @throws NoComparisonError
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export function compareWithRevision(
  root: string,
  revision: string,
  { functions }: Pick<CompiledProject, 'functions'>,
  known: SourceFiles,
): Comparison {
  const { texts, commit } = changedSince(root, revision);
  const readNow = (file: string): string | undefined => readText(join(root, file));
  const present = new Map([...texts.keys()].map((file) => [file, readNow(file)]));
  const before = readFunctions(root, texts);
  const after = readFunctions(root, present);
  const old =
    texts.size > 0 && functions.length > 0
      ? compileProject({ root, texts, shapes: 'alone', beside: known }).functions
      : [];
  const results = compareResults(old, functions);
  const name = commit.startsWith(revision) ? revision.slice(0, 10) : `${revision} (${commit.slice(0, 10)})`;
  return {
    against: name,
    changes: compareFunctions(before.functions, after.functions, results),
    broken: before.broken,
    readBefore: (file) => texts.get(file) ?? readNow(file),
    readNow,
  };
}

/**
 * Compares the unfinished runs of a store with the working tree, or with a build of it.
 *
 * @throws NoComparisonError
 */
export async function compareWithStore(
  root: string,
  store: string,
  load: readonly string[],
  revision: string,
): Promise<RunsReport> {
  const texts = new Map(filesOf(root).map((file) => [file, readText(join(root, file))]));
  const { functions } = readFunctions(root, texts);
  return judgeRuns({ store, load, functions, older: functionsOf(root, revision) });
}

/** Of a version that a revision has, the source says more than the store does. */
function functionsOf(root: string, revision: string): readonly KnownFunction[] {
  try {
    return readFunctions(root, changedSince(root, revision).texts).functions;
  } catch (error) {
    if (error instanceof NoComparisonError) return [];
    throw error;
  }
}
