import { fileURLToPath } from 'node:url';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const tests = fileURLToPath(new URL('..', import.meta.url));

/** The files of tests that take longest, so that none of them is the last one, with a core idle beside it. */
export const LONG = [
  'unit/transformer/meaning',
  'process/package/pack',
  'process/tspc',
  'process/faults/crash-loop',
  'process/faults/kill',
  'engines/file',
  'process/faults/files',
  'unit/runtime/engines/aws-local',
  'process/examples/registration',
  'random/programs',
  'unit/transformer/bad-input/large-files',
  'process/faults/memory',
  'unit/runtime/observe/killed',
  'process/examples/registration-start',
  'process/copies/installed',
  'unit/transformer/targets',
  'process/faults/namespaces',
  'process/faults/heartbeat',
];

/**
 * Test files that share processes, with all modules that they import. They compile, and leave nothing behind that another
 * of them could see. Apart, most of their time would go into loading the compiler, and reading the declarations of the language.
 */
export const SHARED = [
  'unit/transformer/emit',
  'unit/transformer/hosts/formats',
  'unit/transformer/layouts',
  'unit/transformer/hosts/good-code',
  'unit/transformer/hosts/typed-diagnostics',
  'unit/transformer/registrations',
  'unit/transformer/namespace-state',
  'unit/transformer/diagnostics',
  'unit/transformer/uses-of-values',
  'unit/transformer/file-id',
  'unit/transformer/deadlines',
  'unit/transformer/bad-input/half-typed',
  'unit/transformer/bad-input/odd-files',
  'unit/transformer/bad-input/syntax',
  'unit/transformer/bad-input/too-deep',
  'unit/transformer/bad-input/scaling',
  'unit/transformer/hosts/carried-types',
  'docs/diagnostics-page',
  'architecture/emitted-names',
  'architecture/imports',
  'architecture/messages',
];

/** The path of a test file, from the root of the repository. */
export const pathOf = (name: string): string => `test/${name}.test.ts`;

const places = new Map([...LONG, ...SHARED].map((name, place) => [`${tests}${name}.test.ts`, place]));

/** Starts the longest files first, then those that share processes, one behind the other. */
export class OrderOfFiles extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => places.get(moduleId) ?? places.size;
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
