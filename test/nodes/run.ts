/**
 * `npm run test:nodes`: installs the oldest Node that the package works on and the newest, unless they are there already,
 * and runs the tests on each, after `npm run build`. FULL=1 for the full tier. Arguments are handed to vitest.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OwnInstall } from '../support/own-install.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const tests = new OwnInstall(folder, 'test:nodes');
// The package `node` brings the binary of the machine by its script.
tests.install('with scripts');
// Tests start processes from TypeScript, which 22.15 only does when it is told to, and then says that it is new there.
const NODE_OPTIONS = '--experimental-strip-types --disable-warning=ExperimentalWarning';
for (const [name, env] of [
  ['node-oldest', { NODE_OPTIONS }],
  ['node-newest', {}],
] as const) {
  tests.vitest(process.argv.slice(2), { node: join(folder, 'node_modules', name, 'bin/node'), env });
}
