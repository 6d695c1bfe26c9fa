import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files of tests that take longest, so that none of them is the last one, with a core idle beside it. */
const LONG = [
  'transform/targets',
  'transform/meaning',
  'package/pack',
  'hosts/tspc',
  'examples/registration',
  'bad-input/tspc',
  'transform/layouts',
  'random/programs',
  'faults/kill',
  'examples/registration-start',
  'runtime/engines-aws-local',
  'hosts/formats',
  'transform/emit',
  'testing/random',
  'faults/extremes',
].map((name) => `/test/${name}.test.ts`);

/** Starts the longest files first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONG.findIndex((name) => moduleId.endsWith(name));
      return place === -1 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
