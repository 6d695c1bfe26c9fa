/**
 * `npm run test:routes`: installs the build tools and the frameworks, unless they are there already, puts the packed package beside them as an
 * install would, and runs the tests. Arguments are handed to vitest.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
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
// A project with TypeScript 7 has these in an install of its own, and all other tools from the one around it.
new OwnInstall(join(here, 'typescript7'), 'test:routes').install('without scripts');
const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', here], {
  cwd: root,
  encoding: 'utf8',
}).trim();
for (const install of [here, join(here, 'typescript7')]) {
  const target = join(install, 'node_modules/use-durable');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['xzf', join(here, packed), '--strip-components=1', '-C', target]);
}
// It takes the compiler that is beside it.
cpSync(join(here, 'node_modules/ts-loader'), join(here, 'typescript7/node_modules/ts-loader'), {
  recursive: true,
});
rmSync(join(here, packed));
tests.vitest([...tests.ownConfig, ...process.argv.slice(2)]);
