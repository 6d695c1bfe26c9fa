import { join } from 'node:path';
import type { StoreReader } from '../../runtime/tools/runs.ts';
import { type CompiledProject, compileProject } from '../compile/compile-project.ts';
import type { SourceFiles } from '../compile/source-files.ts';
import { filesOf, readText } from '../project/files.ts';
import { type Comparison, compareFunctions } from './compare.ts';
import { type ChangedFiles, changedSince } from './git.ts';
import { NoComparisonError } from './no-comparison.ts';
import { type KnownFunction, readFunctions } from './read-functions.ts';
import { compareResults } from './results.ts';
import { judgeRuns, type RunsReport } from './runs.ts';

/**
 * Compares the working tree with a revision.
 *
 * @param root the folder of the project, absolute
 * @param revision as it was named
 * @param project as it is now, with shapes
 * @param known the files that were read for it
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export function compareWithRevision(
  root: string,
  revision: string,
  { texts, commit }: ChangedFiles,
  { functions }: Pick<CompiledProject, 'functions'>,
  known: SourceFiles,
): Comparison {
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
 * @param reader of the store, which is closed then
 * @param project as it is now, with shapes
 * @throws NoComparisonError
 */
export async function compareWithStore(
  root: string,
  reader: StoreReader,
  {
    store,
    load,
    revision,
  }: { readonly store: string; readonly load: readonly string[]; readonly revision: string },
  { functions: typed }: Pick<CompiledProject, 'functions'>,
): Promise<RunsReport> {
  const texts = new Map(filesOf(root).map((file) => [file, readText(join(root, file))]));
  const { functions } = readFunctions(root, texts);
  return judgeRuns(reader, { store, load, functions, typed, older: functionsOf(root, revision) });
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
