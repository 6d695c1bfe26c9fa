import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The files of tests that take longest, so that none of them is the last one, with a core idle beside it. */
export const LONG = [
  'unit/transformer/meaning',
  'process/package/pack',
  'process/tspc',
  'process/faults/crash-loop',
  'process/faults/kill',
  'engines/file',
  'process/faults/files',
  'process/examples/registration',
  'random/programs',
  'unit/transformer/bad-input/large-files',
  'process/faults/memory',
  'unit/runtime/observe/killed',
  'process/examples/registration-start',
  'process/copies/installed',
  'process/faults/namespaces',
  'process/faults/heartbeat',
];

/**
 * Test files that share processes, with all modules that they import. They leave nothing behind that another of them could see.
 * Apart, most of their time would go into starting processes, loading the compiler or the runtime, and reading the declarations
 * of the language.
 */
export const SHARING = [
  'architecture/**/*',
  'conformance/**/*',
  'docs/**/*',
  'engines/observed',
  'evolution/**/*',
  'process/faults/{damage,edited,failing-store,handling,lost-answers,rejections,sizes}',
  'unit/cli/**/*',
  'unit/runtime/{base,dashboard,engines,functions,http,inspect,journal,run,stores,values}/**/*',
  'unit/runtime/testing/fixtures',
  'unit/transformer/**/*',
];

/** Those among them that have a process of their own. */
export const APART = [
  // They wait for processes that they start.
  'docs/{deployment,quickstart}',
  'unit/cli/main',
  'unit/transformer/bad-input/tspc',
  'unit/transformer/hosts/{files-with-errors,warnings}',
  // They define functions by ids that others define, too.
  'unit/runtime/stores/journals-of-0.1.0',
  // It replaces modules.
  'unit/cli/init/questions',
  // They are the longest, and begin first.
  'unit/transformer/meaning',
  'unit/transformer/bad-input/large-files',
];

/** Test files, from the root of the repository, by names without `test/` and `.test.ts`. */
export const pathsOf = (names: readonly string[]): string[] =>
  globSync(
    names.map((name) => `test/${name}.test.ts`),
    { cwd: root },
  );

/** The paths of the test files that share processes, from the root of the repository. */
export function sharedFiles(): string[] {
  const apart = new Set(pathsOf(APART));
  return pathsOf(SHARING).filter((path) => !apart.has(path));
}

const longest = new Map(LONG.map((name, place) => [`${root}test/${name}.test.ts`, place]));

/** Starts the longest files first, then those that share processes, one behind the other. */
export class OrderOfFiles extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number =>
      project.name === 'shared' ? LONG.length : (longest.get(moduleId) ?? LONG.length + 1);
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
