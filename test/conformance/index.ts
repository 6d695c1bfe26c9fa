import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAll } from './pool.ts';
import { report } from './report.ts';
import { selectTests } from './test-file.ts';

/**
 * `npm run conformance -- <checkout of test262> <its commit> [part of a path]`: runs the tests of asynchronous functions
 * plain and compiled, compares, and writes `docs/conformance.md`. With a part of a path it runs the tests that have it and
 * prints the differences only.
 */
const [checkout, commit = 'unknown', part] = process.argv.slice(2);
if (checkout === undefined)
  throw new Error('usage: npm run conformance -- <checkout of test262> <its commit> [path]');

const folder = fileURLToPath(new URL('../.tmp/conformance/', import.meta.url));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const paths = selectTests(checkout).filter((path) => part === undefined || path.includes(part));
const verdicts = await runAll(
  paths.map((path) => ({ checkout: resolve(checkout), path, folder })),
  availableParallelism(),
);
rmSync(folder, { recursive: true, force: true });
for (const { path, mode, status, detail } of verdicts)
  if (part !== undefined || status.startsWith('different'))
    console.log(`${status}: ${path} (${mode}) ${detail}`);
if (part === undefined) {
  const page = report(verdicts, commit, new Date());
  writeFileSync(new URL('../../docs/conformance.md', import.meta.url), page);
  console.log(page);
}
