/**
 * `npm run test:nodes`: installs the oldest Node that the package works on and the newest, unless they are there already,
 * and runs all tests on each, after `npm run build`: the quick tier, or with FULL=1 the full one without what is the same on every
 * Node. Arguments are handed to vitest. A Node that is too old is told so by each entry.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pathsOf } from '../support/order-of-files.ts';
import { OwnInstall } from '../support/own-install.ts';
import { SAME_ON_EVERY_NODE } from './same-on-every-node.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const tests = new OwnInstall(folder, 'test:nodes');
// The package `node` brings the binary of the machine by its script.
tests.install('with scripts');
const binary = (name: string): string => join(folder, 'node_modules', name, 'bin/node');

/** All entries of the package but OpenTelemetry's, which does nothing alone, and the commands. */
const { exports, bin } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  exports: Record<string, string | { readonly default: string }>;
  bin: Record<string, string>;
};
const entries = Object.values(exports)
  .map((entry) => (typeof entry === 'string' ? entry : entry.default))
  .filter((file) => file.startsWith('./dist/') && !file.endsWith('/opentelemetry.js'));
assert(entries.length >= 20, 'the entries are found');
const TOO_OLD = 'use-durable needs Node 22.15.0 or newer; this is Node 20.9.0.\n';

for (const entry of entries) {
  const file = new URL(`../../${entry}`, import.meta.url).href;
  const script = `import(${JSON.stringify(file)}).catch((error) => console.log(error.message));`;
  const { stdout } = spawnSync(binary('node-too-old'), ['-e', script], { encoding: 'utf8' });
  assert.equal(stdout, TOO_OLD, entry);
}
for (const file of Object.values(bin)) {
  const command = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const { stdout, stderr, status } = spawnSync(binary('node-too-old'), [command, 'doctor'], {
    encoding: 'utf8',
  });
  assert.deepEqual({ stdout, stderr, status }, { stdout: '', stderr: TOO_OLD, status: 2 }, file);
}

const given = process.argv.slice(2);
const left =
  process.env.FULL === '1' && given.length === 0
    ? pathsOf(SAME_ON_EVERY_NODE.map(([file]) => file)).flatMap((path) => ['--exclude', path])
    : [];
const args = [...given, ...left];

// Tests start processes from TypeScript, which 22.15 only does when it is told to, and then says that it is new there.
const NODE_OPTIONS = '--experimental-strip-types --disable-warning=ExperimentalWarning';
const failed = (
  [
    ['node-oldest', { NODE_OPTIONS }],
    ['node-newest', {}],
  ] as const
).filter(([name, env]) => !tests.passes(args, { node: binary(name), env }));
if (failed.length > 0) process.exit(1);
