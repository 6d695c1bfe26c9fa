import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { runAll } from './pool.ts';
import { report } from './report.ts';
import { selectTests } from './test-file.ts';

/**
 * `npm run conformance -- <checkout of test262> <its commit> [part of a path]`: runs the tests of asynchronous functions
 * plain and compiled, compares, and writes `docs/conformance.md`. With a part of a path it runs the tests that have it and
 * prints every result.
 * The programs are written beside the tests, and deleted again: use a checkout of your own.
 */
const [checkout, commit = 'unknown', part] = process.argv.slice(2);
if (checkout === undefined)
  throw new Error('usage: npm run conformance -- <checkout of test262> <its commit> [path]');

const paths = selectTests(checkout).filter((path) => part === undefined || path.includes(part));
const verdicts = await runAll(
  paths.map((path) => ({ checkout: resolve(checkout), path })),
  availableParallelism(),
);
for (const { path, mode, status, detail } of verdicts)
  if (part !== undefined || status.startsWith('different'))
    console.log(`${status}: ${path} (${mode}) ${detail}`);
if (part === undefined) {
  const page = report(verdicts, commit, new Date());
  writeFileSync(new URL('../../docs/conformance.md', import.meta.url), page);
  console.log(page);
}
