/**
 * `npm run test:nodes`: installs the oldest Node that the package works on and the newest, unless they are there already,
 * and runs on each the tests of what a Node may do otherwise, after `npm run build`: stores, runtime, values, HTTP, copies. FULL=1
 * for all tests, and those in their full form. Arguments are handed to vitest in place of that. A Node that is too old is told so by
 * each entry.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OwnInstall } from '../support/own-install.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const tests = new OwnInstall(folder, 'test:nodes');
// The package `node` brings the binary of the machine by its script.
tests.install('with scripts');
const binary = (name: string): string => join(folder, 'node_modules', name, 'bin/node');

for (const entry of [
  'runtime/index',
  'runtime/compiled',
  'runtime/testing/index',
  'runtime/engines/aws-lambda/index',
]) {
  const file = new URL(`../../dist/${entry}.js`, import.meta.url).href;
  const script = `import(${JSON.stringify(file)}).catch((error) => console.log(error.message));`;
  const { stdout } = spawnSync(binary('node-too-old'), ['-e', script], { encoding: 'utf8' });
  assert.equal(stdout, 'use-durable needs Node 22.15.0 or newer; this is Node 20.9.0.\n', entry);
}

const PART = [
  ...['base', 'functions', 'journal', 'stores', 'values', 'local', 'http', 'observe', 'engines'].map(
    (name) => `test/unit/runtime/${name}/`,
  ),
  'test/process/copies/',
];
const given = process.argv.slice(2);
const args = given.length > 0 ? given : process.env.FULL === '1' ? [] : PART;

// Tests start processes from TypeScript, which 22.15 only does when it is told to, and then says that it is new there.
const NODE_OPTIONS = '--experimental-strip-types --disable-warning=ExperimentalWarning';
for (const [name, env] of [
  ['node-oldest', { NODE_OPTIONS }],
  ['node-newest', {}],
] as const) {
  tests.vitest(args, { node: binary(name), env });
}
