/**
 * `npm run test:routes`: installs the build tools and the frameworks, unless they are there already, puts the packed package beside them as an
 * install would, and runs the tests. Arguments are handed to vitest.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OwnInstall } from '../support/own-install.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const tests = new OwnInstall(here, 'test:routes');
// The tools have their binaries in packages of their own.
tests.install('without scripts');
// They are large, and take the packages of this folder as theirs.
new OwnInstall(join(here, 'frameworks'), 'test:routes').install('without scripts');
const target = join(here, 'node_modules/use-durable');
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', here], {
  cwd: root,
  encoding: 'utf8',
}).trim();
execFileSync('tar', ['xzf', join(here, packed), '--strip-components=1', '-C', target]);
rmSync(join(here, packed));
tests.vitest([...tests.ownConfig, ...process.argv.slice(2)]);
